// The `countersign` command against the Worker itself: what it reads is what the API answers, what it prints fits a terminal, and what the
// admin token may not do it cannot do.
import { beforeEach, describe, expect, it } from "vitest";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { listAudit } from "../../../control-plane/cli/audit-list.ts";
import type { Desk } from "../../../control-plane/cli/desk.ts";
import { listHosts, retireHost, setHostAside, showHost } from "../../../control-plane/cli/host-acts.ts";
import {
  addNote,
  listIncidents,
  listResolved,
  printPostMortem,
  showIncident,
} from "../../../control-plane/cli/incidents/incident-acts.ts";
import { invite, listPeople, withdraw } from "../../../control-plane/cli/people/people-acts.ts";
import {
  endSignIns,
  listSignIns,
  makeEnrolmentToken,
  makeSignInLink,
} from "../../../control-plane/cli/people/sign-in-acts.ts";
import { showTrust } from "../../../control-plane/cli/trust/trust-acts.ts";
import {
  beginAnew,
  chooseDomain,
  draftChanges,
  dropDraft,
} from "../../../control-plane/cli/trust/waiting-acts.ts";
import { commandApi } from "../world/command-api.ts";
import { desk, enrol } from "../world/fleet.ts";
import { credentialOf, nextTrust, passkey } from "../world/passkeys.ts";
import { makeWorld, type World } from "./sample-requests.ts";

let world: World;
let printed: string[];
let complained: string[];
let command: Desk;

beforeEach(async () => {
  world = await makeWorld();
  [printed, complained] = [[], []];
  const output = {
    print: (text: string) => void printed.push(...text.split("\n")),
    complain: (text: string) => void complained.push(text),
  };
  command = { api: commandApi(), output };
});

const now = () => Date.now();

async function holderOf(incidentId: string): Promise<string> {
  const mergedInto = (await desk().incident(incidentId))?.incident.mergedInto ?? null;
  return mergedInto === null ? incidentId : holderOf(mergedInto);
}

describe("countersign", () => {
  it("lists and shows, in lines that fit", async () => {
    expect(await listIncidents({}, command, now())).toBe(0);
    // What was merged is listed as what took it in.
    expect(printed.join("\n")).toContain(await holderOf(world.incidentId));
    expect(await listAudit({ limit: 3 }, command, now())).toBe(0);
    expect(await listSignIns({}, command, now())).toBe(0);
    expect(printed.join("\n")).toContain(world.signInId);
    expect(await listHosts({}, command, now())).toBe(0);
    expect(printed.join("\n")).toContain(world.host.hostId);
    printed.length = 0;
    expect(await listHosts({ state: "well", tag: "no-such-tag" }, command, now())).toBe(0);
    expect(printed.join("\n")).not.toContain(world.host.hostId);
    expect(await listResolved({}, command, now())).toBe(0);
    expect(await showHost(world.host.hostId, {}, { ...command, now: now() })).toBe(0);
    expect(await showHost(`host_${"0".repeat(32)}`, {}, { ...command, now: now() })).toBe(1);
    complained.length = 1;
    // Titles alone are not cut: half a sentence tells the wrong thing.
    expect(printed.filter((line) => line.length > 80 && !line.startsWith("inc_"))).toEqual([]);
    expect(complained).toHaveLength(1);
    const shown = { ...command, now: now() };
    expect(await showIncident(world.incidentId, {}, shown)).toBe(0);
    expect(await showIncident("inc_nothing", {}, shown)).toBe(1);
  });

  it("finds incidents by what is asked of them, shows their evidence, notes and sums up", async () => {
    const shown = { ...command, now: now() };
    const { subject } = (await desk().incident(world.incidentId))?.incident ?? {};
    const host = subject?.kind === "service" ? subject.hostName : "";
    expect(await listIncidents({ host, search: "demo", since: now() - 3_600_000 }, command, now())).toBe(0);
    expect(printed.join("\n")).toContain(world.incidentId);
    expect(await listIncidents({ search: "nothing like it" }, command, now())).toBe(0);
    expect(printed.at(-1)).toBe("No incident fits.");
    expect(await addNote(world.incidentId, "the disk is full", { ...command, by: "dana" })).toBe(0);
    expect(await addNote("inc_nothing", "x", command)).toBe(1);
    // A note to what was merged lies where it goes on.
    const holderId = await holderOf(world.incidentId);
    expect(await showIncident(holderId, {}, shown)).toBe(0);
    expect(printed.join("\n")).toMatch(/finding [^\n]*\n {2}\d+s ago: /);
    expect(printed.join("\n")).toContain("note by admin (dana), 0s ago: the disk is full");
    expect(await printPostMortem(holderId, {}, shown)).toBe(0);
    expect(printed.join("\n")).toContain("> the disk is full");
    printed.length = 0;
    expect(await printPostMortem(holderId, { replay: true }, shown)).toBe(0);
    expect(JSON.parse(printed.join("\n"))).toMatchObject({ countersign: "recorded history", version: 1 });
  });

  it("reads the audit part after part", async () => {
    expect(await listAudit({ all: true, json: true }, command, now())).toBe(0);
    const { nextBefore, rows } = JSON.parse(printed.join("\n")) as {
      rows: { sequence: number }[];
      nextBefore: unknown;
    };
    expect([rows.at(-1)?.sequence, nextBefore]).toEqual([1, null]);
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => rows.length - index));
  });

  it("lets a host in, retires one, and sets aside what is on a list alone", async () => {
    expect(await makeEnrolmentToken({}, command)).toBe(0);
    expect((await enrol(printed[0] ?? "", await generateKeyPair(), "web-9")).status).toBe(200);
    expect(await retireHost({ host: world.host.hostId, why: "sold" }, command)).toBe(0);
    expect(await retireHost({ host: `host_${"0".repeat(32)}`, why: "" }, command)).toBe(1);
    expect(await setHostAside({ host: world.otherHost.hostId, why: "its disk died" }, command)).toBe(0);
    expect(await setHostAside({ host: world.otherHost.hostId, why: "again" }, command)).toBe(1);
  });

  it("lets a person in, and out", async () => {
    expect(await makeSignInLink("operator", {}, command)).toBe(0);
    expect(printed.join()).not.toContain("csi_");
    expect(await endSignIns({ signInId: world.signInId }, {}, command)).toBe(0);
    expect(await endSignIns({ signInId: world.signInId }, {}, command)).toBe(1);
    expect(await makeSignInLink("operator", {}, command)).toBe(0);
    expect(printed.at(-1)).toMatch(/^https:\/\/desk\.test\/sign-in\/csi_/);
    expect(await makeSignInLink("nobody", {}, command)).toBe(2);
  });

  it("lists people with what waits, and takes it back", async () => {
    expect(await listPeople({}, command, now())).toBe(0);
    const text = printed.join("\n");
    expect(text).toMatch(/operator +Operator +look, answer, approve, administer/);
    expect(text).toMatch(/passkey \S+ +a key, device-bound/);
    expect(text).toContain(`waits   ${world.candidateId.slice(0, 12)}  a second key`);
    expect(await withdraw(world.candidateId.slice(0, 10), {}, command)).toBe(0);
    expect(await withdraw(world.candidateId, {}, command)).toBe(1);
    expect(await invite("operator", { isOnTerminal: true }, command)).toBe(0);
    expect(printed.at(-1)).toMatch(/^Sent to operator by terminal\./);
    expect(await invite("nobody", { isOnTerminal: true }, command)).toBe(2);
    expect(complained.at(-1)).toBe("The policy has no responder nobody: there is operator.");
  });

  it("hands over a next version, says who must sign it, and drops it", async () => {
    const nothing = { add: [], remove: [], removePasskey: [], threshold: null, levels: [] };
    const level = { level: 5, rule: null } as const;
    expect(await draftChanges({ ...nothing, levels: [level] }, command)).toBe(0);
    const hash = /draft=([0-9a-f]{64})$/.exec(printed.at(-1) ?? "")?.[1] ?? "";
    expect(await showTrust({}, command)).toBe(0);
    const text = printed.join("\n");
    expect(text).toContain("Version 2 waits for signatures");
    expect(text).toContain("level 5 (config fallback): closed");
    expect(text).toContain("signed by nobody; 1 more of: operator");
    expect(await dropDraft(hash, {}, command)).toBe(0);
    expect(await dropDraft(hash, {}, command)).toBe(1);
  });

  it("refuses a version that lets in a stranger, and says who", async () => {
    const { trust } = await nextTrust([], {
      approvers: [{ person: "eve", credentials: [credentialOf(await passkey())] }],
    });
    const api = commandApi();
    const drafted = await api.ask("POST /v1/admin/trust/drafts", { body: { text: trust } });
    expect(drafted).toMatchObject({ ok: false, error: { sentence: expect.stringContaining("eve") } });
  });

  it("begins anew when it is confirmed, and then chooses a domain", async () => {
    expect(await chooseDomain("desk.test", {}, command)).toBe(1);
    expect(await beginAnew({}, command)).toBe(1);
    expect(complained.join("\n")).toContain("1 passkey of 1 person");
    expect(await beginAnew({ confirm: true, why: "the desk moves" }, command)).toBe(0);
    expect(await beginAnew({ confirm: true, why: "again" }, command)).toBe(1);
    printed.length = 0;
    expect(await chooseDomain(undefined, {}, command)).toBe(0);
    expect(printed).toEqual(["desk.test"]);
    expect(await chooseDomain("elsewhere.test", {}, command)).toBe(1);
    expect(await chooseDomain("desk.test", {}, command)).toBe(0);
    expect(await showTrust({}, command)).toBe(0);
    expect(printed.at(-1)).toContain("Nobody has a passkey yet");
  });
});
