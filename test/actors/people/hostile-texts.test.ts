// What a host or a person writes, and cannot be seen: it stands raw in no view, no title, no audit row, no answer of the API, no row of D1.
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import { ONE_PERSON } from "@countersign/shared/wire/level-rule";
import { standingHashOf } from "@countersign/shared/wire/standing";
import type { SoftwareAuthenticator } from "../../../control-plane/embedded/story/authenticator.ts";
import { propose, proposalOf } from "../world/desk-story.ts";
import {
  ask,
  bindings,
  type AgentSocket,
  connectedAgent,
  desk,
  dial,
  enrolledHost,
  type EnrolledHost,
  helloOf,
  serviceReport,
  shard,
  takeClock,
  UNIT,
} from "../world/fleet.ts";
import { deviceOf, firstPasskey, signsAs } from "../world/passkeys.ts";
import { type Device, openApproval, signedInDevice, STRANGER } from "./device.ts";

/** Turned around, written over, split in two, and not there at all. */
const MARKS = "\u202E\u001B]0;x\u0007\u009B2J\n\r\u2028\u200B\u3164\uFEFF\u{E0041}";
const RAW = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const TOKEN = "an-admin-token-of-the-tests-0123456789";
const hostile = (text: string) => `${text}${MARKS}${text}`;

/** A host all of whose texts are hostile: it fails, is asked and answers, says no to nothing, leaves. */
async function hostileHost() {
  const host = await enrolledHost(hostile("web"));
  const clock = takeClock();
  const agent = await dial(host);
  const { challenge } = await agent.expect("challenge");
  const catalogue = [
    {
      service: "demo",
      title: hostile("Demo"),
      unit: hostile("demo.service"),
      actions: [{ action: "restart", level: 4 }],
    },
  ];
  agent.send({
    ...(await helloOf(host, challenge)),
    hostname: hostile("web"),
    agentVersion: hostile("0"),
    catalogue,
  });
  await agent.expect("welcome");
  for (let failure = 0; failure < 4; failure += 1) {
    const unit = { ...UNIT, subState: hostile("x"), result: hostile("y"), invocationId: hostile("z") };
    const report = serviceReport("fail", unit);
    const results = report.results.map((result) => ({ ...result, summary: hostile("refused") }));
    agent.send({
      type: "report",
      digest: failure === 0,
      sentAt: Date.now(),
      services: [{ ...report, results }],
    });
    await agent.ping();
    clock.advance(5_000);
  }
  const { askedBy, reason, requestId } = await agent.expect("propose");
  const argv = ["/usr/bin/sudo", hostile("demo.service")];
  const unitState = { ...UNIT, subState: hostile("x") };
  propose(agent, requestId, { ...proposalOf(host), argv, askedBy, reason, unitState });
  tellFacts(agent);
  await agent.ping();
  await shard().settled();
  await desk().settled();
  return { agent, host };
}

function tellFacts(agent: AgentSocket): void {
  const base = { service: "demo", at: Date.now() };
  const facts = [
    ...Array.from({ length: 6 }, (_, index) => ({
      ...base,
      at: base.at - index,
      kind: "config-changed",
      path: hostile("/etc/x"),
      by: "watchdog",
    })),
    { ...base, kind: "privilege", action: "restart", isExecutable: false, command: hostile("sudo x") },
    { ...base, kind: "identity", identity: hostile("bot"), holder: hostile("a") },
    { ...base, kind: "identity", identity: hostile("bot"), holder: hostile("b") },
  ];
  agent.send({ type: "facts", sentAt: Date.now(), facts });
}

it("stands raw nowhere", async () => {
  const { host } = await hostileHost();
  const device = await signedInDevice(hostile("Phone"));
  const frozen = await device.form(
    `/brake/freeze/host%2F${host.hostId}`,
    `/brake/freeze/host%2F${host.hostId}`,
  );
  await device.submit({ ...frozen, fields: { ...frozen.fields, why: hostile("wait") } });
  const { approvals, incidents } = await desk().overview();
  expect(approvals).toHaveLength(1);
  const shown = await Promise.all(incidents.map(async ({ incidentId }) => desk().incident(incidentId)));
  expect(shown.flatMap((one) => one?.findings.map(({ reason }) => reason) ?? [])).toEqual(
    expect.arrayContaining(["check-failing", "config-thrash"]),
  );
  const paths = [
    "/",
    "/brake",
    "/audit",
    "/standing",
    "/standing/new",
    "/silences",
    "/shadow",
    `/hosts/${host.hostId}`,
    `/hosts/${host.hostId}/retire`,
    `/brake/lift/host%2F${host.hostId}`,
    `/standing/new/service%2F${host.hostId}%2Fdemo`,
    `/standing/review/service%2F${host.hostId}%2Fdemo?action=restart&uses=1&hours=1&why=${encodeURIComponent(hostile("w"))}`,
    ...incidents.map(({ incidentId }) => `/incidents/${incidentId}`),
    ...approvals.map(({ approvalId }) => `/approvals/${approvalId}`),
  ];
  await expectUnseen(device, paths);
  await expectUnseenInApi([
    "hosts",
    "incidents",
    `incidents/${incidents[0]?.incidentId}`,
    "audit",
    "shadow",
    "recorded?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z",
  ]);
  const [snapshot] = await shard().snapshot();
  expect(JSON.stringify(snapshot)).not.toMatch(RAW);
  expect(JSON.stringify(snapshot)).not.toMatch(/\\[nrtu]/);
});

it("stands raw in no row of D1, and what is signed stays as it was", async () => {
  await hostileHost();
  await desk().watch();
  await shard().settled();
  await desk().settled();
  for (const table of ["hosts", "services", "incidents", "pages", "audit"]) {
    const { results } = await bindings.DB.prepare(`SELECT * FROM ${table}`).all();
    expect(results.length, table).toBeGreaterThan(0);
    expect(JSON.stringify(results), table).not.toMatch(RAW);
  }
  const [approval] = (await desk().overview()).approvals;
  expect(approval?.proposal.argv[1]).toBe(hostile("demo.service"));
});

it("nor does a stranger's own text in a refusal", async () => {
  const refused = await ask("/v1/enrol", {
    method: "POST",
    body: { version: 1, [hostile("x")]: hostile("y") },
  });
  expect(refused.status).toBe(400);
  expect(await refused.text()).not.toMatch(RAW);
  const view = await STRANGER.request(`/incidents/${encodeURIComponent(hostile("inc"))}`);
  expect(await view.text()).not.toMatch(RAW);
  await runInDurableObject(desk(), () => undefined);
});

it("nor does what people sign: who may sign, what they were asked for and why, and their yes in advance", async () => {
  const host = await enrolledHost();
  await connectedAgent(host);
  const device = await signedInDevice();
  const own = await firstPasskey("operator", hostile("key"));
  expect(await givesYes(host, own)).toMatchObject({ ok: true });
  const asked = { reason: hostile("r"), requires: { ...ONE_PERSON, people: 2 } };
  const { approvalId, incidentId } = await openApproval(asked, host);
  const approvalPath = `/approvals/${approvalId}`;
  await expectUnseen(device, [approvalPath]);
  const { approval } = (await desk().approval(approvalId))!;
  expect([await signsAs("operator", approval, own), approval.proposal.reason]).toEqual(["ok", hostile("r")]);
  await expectUnseen(device, [
    approvalPath,
    "/",
    `/incidents/${incidentId}`,
    "/passkey",
    "/standing",
    "/audit",
  ]);
  await expectUnseenInApi(["trust", "incidents", `incidents/${incidentId}`, "audit"]);
  expect(await (await device.request(approvalPath)).text()).toContain("U+202E");
});

/** Past the form, which takes no such text: what is signed is what the desk keeps. */
async function givesYes({ hostId }: EnrolledHost, own: SoftwareAuthenticator) {
  const givenAt = Date.now();
  const [why, untilAt] = [hostile("w"), givenAt + 3_600_000];
  const covered = { hostId, service: "demo", action: "restart", usesMax: 1, givenAt, untilAt };
  const text = JSON.stringify({ version: 2, nonce: "s".repeat(22), ...covered, givenBy: "operator", why });
  const gesture = await own.sign(challengeOf("standing", encodeUtf8(text)));
  const act = { kind: "give-standing", text, hash: standingHashOf(text), hostName: hostile("web") } as const;
  return desk().act({ act, by: deviceOf("operator"), gesture });
}

/** No view holds what cannot be seen, and no title is of two lines. */
async function expectUnseen(device: Device, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const answer = await device.request(path);
    const html = await answer.text();
    expect([path, answer.status, RAW.exec(html)?.index ?? null]).toEqual([path, 200, null]);
    expect(/<title>([^<]*)<\/title>/.exec(html)?.[1], path).not.toMatch(/[\n\r]/);
  }
}

/** Nor does an answer to an admin, or a row of the audit. */
async function expectUnseenInApi(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const answer = await ask(`/v1/admin/${path}`, { token: TOKEN });
    expect([path, answer.status, RAW.exec(await answer.text())?.index ?? null]).toEqual([path, 200, null]);
  }
  const audit = await desk().auditRows({ before: null, limit: 100 });
  for (const row of audit) expect(textsIn(row), row.act).not.toMatch(/[\p{Cc}\p{Cf}]/u);
}

/** Every text in a value, however deep. */
function textsIn(value: unknown): string {
  if (typeof value === "string") return value;
  return Object.values(Object(value) as object)
    .map(textsIn)
    .join("");
}
