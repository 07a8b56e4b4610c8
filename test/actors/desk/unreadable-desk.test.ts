// Rows of the desk that cannot be read: each costs only itself, fails to the safe side, is put aside as it was, audited, and paged.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { byPerson, byRule } from "../../../control-plane/src/core/words/actor.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { FLEET, hostedSubject, serviceOf } from "../../../control-plane/src/core/words/subject.ts";
import { failService, letRing, openApproval, proposalOf, propose } from "../world/desk-story.ts";
import {
  ask,
  bindings,
  connectedAgent,
  desk,
  enrolledHost,
  shard,
  takeClock,
  signInToken,
} from "../world/fleet.ts";
import { actsOn } from "../world/workerd-words.ts";

type Sql = SqlStorage;

/** Changes the desk's storage behind its back, and lets it wake anew. */
async function spoil(change: (sql: Sql) => void): Promise<void> {
  await desk().settled();
  await runInDurableObject(desk(), (_instance, { storage }) => change(storage.sql));
  await restart();
}

/** Ends the desk's memory at once: eviction would wait for the timers of pages that were sent. */
async function restart(): Promise<void> {
  await runInDurableObject(desk(), (_instance, state) => state.abort("ends")).catch(() => {});
}

async function openReasons(): Promise<readonly string[]> {
  const { incidents } = await desk().overview();
  return incidents
    .filter(({ state }) => state !== "resolved")
    .map(({ reason }) => reason)
    .toSorted();
}

/** Whichever incidents they lie in. */
async function failingServices(): Promise<readonly string[]> {
  const { incidents } = await desk().overview();
  const shown = await Promise.all(incidents.map(async ({ incidentId }) => desk().incident(incidentId)));
  const findings = shown.flatMap((one) => one?.findings ?? []);
  return findings.flatMap(({ subject }) => serviceOf(subject) ?? []).toSorted();
}

async function unreadableIds(): Promise<readonly string[]> {
  const { records } = await desk().unreadable();
  return records.map(({ recordKey }) => recordKey).toSorted();
}

async function audited(act: string): Promise<number> {
  const rows = await desk().auditRows({ before: null, limit: 1_000 });
  return rows.filter((row) => row.act === act).length;
}

/** An incident with an approval that waits for a person. */
async function asked() {
  const host = await enrolledHost();
  const clock = takeClock();
  const agent = await connectedAgent(host);
  propose(agent, await failService(agent, clock), proposalOf(host));
  await expect.poll(openApproval).not.toBeNull();
  return { host, clock, agent, approval: (await openApproval())! };
}

function firing(
  key: string,
  service: string,
  more: Partial<Extract<Signal, { kind: "firing" }>> = {},
): Signal {
  return {
    kind: "firing",
    key,
    happenedAt: Date.now(),
    noticedAt: Date.now(),
    subject: hostedSubject({ hostId: "hst_1", hostName: "web-1" }, service),
    reason: "check-failing",
    severity: "critical",
    title: `${service} is failing`,
    evidence: [],
    proposalRequestId: null,
    restarts: null,
    ...more,
  };
}

const NOT_JSON = "{torn";
const WRONG_SHAPE = '{"scope":7}';

describe("a signal's key that comes twice", () => {
  it("in one batch is taken once, and stops nothing behind it", async () => {
    await desk().receiveSignals("shard-0", [firing("s:1", "api"), firing("s:1", "web"), firing("s:2", "db")]);
    const torn = { key: "s:3", kind: "firing" } as unknown as Signal;
    await desk().receiveSignals("shard-0", [torn, firing("s:3", "cache"), firing("s:4", "queue")]);
    await desk().receiveSignals("shard-0", [firing("s:1", "web")]);
    expect(await failingServices()).toEqual(["api", "cache", "db", "queue"]);
    expect(await unreadableIds()).toEqual(["desk/signal/s:3"]);
  });
});

describe("a document that cannot be read", () => {
  it.each([
    ["not JSON", NOT_JSON],
    ["of the wrong shape", WRONG_SHAPE],
    ["no text at all", new Uint8Array([1, 2, 3]).buffer],
    ["null", "null"],
    ["a list", "[]"],
    ["a number", "1e999"],
  ])("costs no other record (%s)", async (_what, document) => {
    const clock = takeClock();
    await desk().receiveSignals("shard-0", [firing("s:1", "api"), firing("s:2", "web")]);
    const [lost] = (await desk().overview()).incidents;
    await spoil((sql) =>
      sql.exec(
        "UPDATE records SET record = ? WHERE kind = 'incident' AND id = ?",
        document,
        lost!.incidentId,
      ),
    );
    // What lay in it lies in another one now.
    expect(await openReasons()).toEqual(["check-failing", "check-failing", "record-unreadable"]);
    expect(await failingServices()).toEqual(["api", "web"]);
    expect(await unreadableIds()).toEqual([`desk/incident/${lost!.incidentId}`]);
    expect(await audited("record-unreadable")).toBe(1);
    await letRing(clock);
    const { incidents } = await desk().overview();
    const told = incidents.find(({ reason }) => reason === "record-unreadable")!;
    expect(told.severity).toBe("critical");
    expect((await desk().incident(told.incidentId))!.pages).toMatchObject([{ state: "delivered" }]);
  });

  it("is found once, and told until a person has dealt with it", async () => {
    const clock = takeClock();
    await desk().receiveSignals("shard-0", [firing("s:1", "api")]);
    await letRing(clock);
    await spoil((sql) => sql.exec("UPDATE records SET record = ? WHERE kind = 'page'", NOT_JSON));
    const [key] = await unreadableIds();
    await restart();
    expect(await unreadableIds()).toEqual([key]);
    const token = (bindings as unknown as { ADMIN_TOKEN: string }).ADMIN_TOKEN;
    const listed = await (await ask("/v1/admin/unreadable", { token })).json();
    expect(listed).toMatchObject({
      records: [{ recordKey: key }],
      putAside: [{ kind: "page", text: NOT_JSON }],
    });
    const body = { recordKey: key, by: "alice" };
    expect((await ask("/v1/admin/unreadable/discard", { method: "POST", body, token })).status).toBe(200);
    expect((await ask("/v1/admin/unreadable/discard", { method: "POST", body, token })).status).toBe(404);
    expect(await openReasons()).toEqual(["check-failing"]);
    expect([await audited("record-unreadable"), await audited("record-discarded")]).toEqual([1, 1]);
  });

  it("fails to the safe side: a freeze holds the fleet, a silence is over, a standing approval and an approval are gone", async () => {
    const { approval, host } = await asked();
    await actsOn("operator", {
      kind: "freeze",
      scope: { kind: "host", hostId: host.hostId, hostName: "web-1" },
      why: "careful",
    });
    await actsOn("operator", {
      kind: "silence",
      matcher: { hostId: host.hostId, service: null, reason: null },
      why: "work",
      startsAt: Date.now(),
      endsAt: Date.now() + 3_600_000,
    });
    await spoil((sql) => {
      sql.exec("UPDATE records SET record = ? WHERE kind IN ('freeze', 'silence', 'approval')", NOT_JSON);
      sql.exec(
        "INSERT INTO records VALUES ('standing', 'std_1', ?)",
        JSON.stringify({ standingId: "std_1", by: "operator", usesMax: "many" }),
      );
    });
    const { freezes, silences, standing } = await desk().brakes();
    expect(freezes.map(({ by, scope }) => [by, scope])).toEqual([[byRule("record-unreadable"), FLEET]]);
    expect([silences, standing]).toEqual([[], []]);
    expect(
      (
        await actsOn("operator", {
          kind: "approve",
          approvalId: approval.approvalId,
          proposalHash: approval.proposalHash,
        })
      ).ok,
    ).toBe(false);
    expect(await desk().approval(approval.approvalId)).toBeNull();
    expect((await unreadableIds()).length).toBe(4);
    expect((await actsOn("operator", { kind: "lift-freeze", scope: FLEET, why: "looked at it" })).ok).toBe(
      true,
    );
    await restart();
    expect((await desk().brakes()).freezes).toEqual([]);
  });

  it("in the archive leaves the lists and links of others as they are", async () => {
    await desk().receiveSignals("shard-0", [firing("s:1", "api")]);
    await spoil((sql) => {
      sql.exec("INSERT INTO archived VALUES ('incident', 'inc_old', 'inc_old', 0, ?)", NOT_JSON);
      sql.exec("INSERT INTO archived VALUES ('silence', 'sil_old', '', 0, ?)", NOT_JSON);
    });
    expect((await desk().overview()).incidents).toHaveLength(1);
    expect((await desk().settingsWithin({ fromAt: 0, toAt: Date.now() })).silences).toEqual([]);
    expect(await desk().incident("inc_old")).toBeNull();
  });
});

describe("a record with which no decision can be made", () => {
  it("is put aside, and everything else goes on", async () => {
    await desk().receiveSignals("shard-0", [firing("s:1", "api"), firing("s:2", "web")]);
    await desk().settled();
    // Asked in the desk itself, it gives what it holds and no copy.
    const culprit = await runInDurableObject(desk(), async (instance) => {
      const [incident] = (await instance.overview()).incidents;
      const wrong = () => {
        throw new Error("we are wrong");
      };
      Object.defineProperty(incident, "state", { enumerable: false, get: wrong });
      const { incidentId, subject } = incident!;
      return { incidentId, service: serviceOf(subject) ?? "" };
    });
    // A decision looks at the records that it is about.
    await desk().receiveSignals("shard-0", [firing("s:3", culprit.service)]);
    expect(await unreadableIds()).toEqual([`desk/incident/${culprit.incidentId}`]);
    expect(await openReasons()).toEqual(["check-failing", "check-failing", "record-unreadable"]);
    // Its link opens still, from the archive.
    expect((await desk().incident(culprit.incidentId))?.incident.state).toBe("open");
  });
});

describe("a signal that cannot be taken", () => {
  it("holds up none before or behind it, and is not taken again", async () => {
    const odd = { ...firing("s:2", "web"), severity: "catastrophic" } as unknown as Signal;
    const batch = [firing("s:1", "api"), odd, firing("s:3", "db")];
    await desk().receiveSignals("shard-0", batch);
    await desk().receiveSignals("shard-0", batch);
    expect(await openReasons()).toEqual(["check-failing", "check-failing", "record-unreadable"]);
    expect(await unreadableIds()).toEqual(["desk/signal/s:2"]);
    expect(await audited("record-unreadable")).toBe(1);
  });
});

describe("what waits for others", () => {
  it("goes out without the rows that cannot be read or that D1 refuses", async () => {
    await desk().receiveSignals("shard-0", [firing("s:1", "api")]);
    await spoil((sql) => {
      sql.exec("INSERT INTO records VALUES ('projection', 'a', ?)", NOT_JSON);
      const refused = { projection: { table: "pages", row: { key: "b" } }, revision: 1 };
      sql.exec("INSERT INTO records VALUES ('projection', 'pages:b', ?)", JSON.stringify(refused));
      sql.exec("INSERT INTO records VALUES ('shard-word', 1, ?)", NOT_JSON);
    });
    const clock = takeClock();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await desk().receiveSignals("shard-0", [firing(`t:${attempt}`, "api", { title: `again ${attempt}` })]);
      await desk().settled();
      clock.advance(60_000);
      await runDurableObjectAlarm(desk());
    }
    await desk().settled();
    const left = await runInDurableObject(desk(), (_instance, { storage }) => [
      storage.sql
        .exec("SELECT id FROM records WHERE kind = 'projection' AND id IN ('a', 'pages:b')")
        .toArray().length,
      storage.sql.exec("SELECT 1 FROM records WHERE kind = 'shard-word'").toArray().length,
    ]);
    expect(left).toEqual([0, 0]);
    expect(await unreadableIds()).toEqual([
      "desk/freeze-word/1",
      "desk/projection/a",
      "desk/projection/pages:b",
    ]);
    expect((await desk().brakes()).freezes.map(({ scope }) => scope)).toEqual([FLEET]);
    const { results } = await bindings.DB.prepare("SELECT reason FROM incidents").all();
    expect(results).toContainEqual({ reason: "check-failing" });
  });
});

describe("who may come in", () => {
  it("is not let in by a sign-in or token without an end", async () => {
    const token = await signInToken();
    const other = await signInToken();
    const signedIn = await desk().redeemSignInToken(token, "phone");
    const secret = signedIn.ok ? signedIn.value.signInSecret : "";
    expect(await desk().visitOf(secret)).not.toBeNull();
    await spoil((sql) => {
      sql.exec("UPDATE sign_ins SET expires_at = 'never'");
      sql.exec("UPDATE tokens SET expires_at = 'never'");
    });
    expect(await desk().visitOf(secret)).toBeNull();
    expect((await desk().redeemSignInToken(other, "phone")).ok).toBe(false);
  });
});

describe("a policy that cannot be read", () => {
  it("leaves the one before in force, is paged, and is over with the next that can", async () => {
    const text = (await desk().showPolicy()).text;
    const applied = await desk().applyPolicy({
      expectedVersion: 0,
      by: byPerson("alice"),
      why: "",
      text: `${text}\n`,
      keepText: true,
    });
    expect(applied.ok).toBe(true);
    await spoil((sql) => sql.exec("UPDATE policies SET text = 'version: ['"));
    await desk().receiveSignals("shard-0", [firing("s:1", "api")]);
    await desk().watch();
    expect(await openReasons()).toEqual(["check-failing", "record-unreadable"]);
    expect(await unreadableIds()).toEqual(["desk/policy/version 1"]);
    await desk().applyPolicy({ expectedVersion: 1, by: byPerson("alice"), why: "", text, keepText: true });
    expect(await openReasons()).toEqual(["check-failing"]);
    await shard().settled();
  });
});
