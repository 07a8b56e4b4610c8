// Recorded history under two policies: what the one does and the other does not, and when.
import { describe, expect, it } from "vitest";
import { compareRuns, fidelityOf } from "../../../../control-plane/replay/recorded/recorded-diff.ts";
import type { RecordedHistory } from "../../../../control-plane/replay/recorded/recorded-history.ts";
import { throughout, versionSpans } from "../../../../control-plane/replay/recorded/recorded-policies.ts";
import { runRecorded } from "../../../../control-plane/replay/recorded/recorded-run.ts";
import { settingActs } from "../../../../control-plane/replay/recorded/recorded-settings.ts";
import type { RecordedEvent } from "../../../../control-plane/src/core/shard/kept/recording.ts";
import { type Actor, BY_DESK, byPerson, byRule } from "../../../../control-plane/src/core/words/actor.ts";
import { loadPolicy } from "../../../../control-plane/src/policy/load-policy.ts";
import { failing, historyOf, HOST, NOTHING_SET, POLICY_TEXT, reported, START } from "./a-history.ts";

const DEMO = { kind: "service", hostId: HOST, hostName: "web-1", service: "demo" } as const;
const window = { fromAt: START, toAt: START + 3_600_000 };
const inForce = policyOf("");

function policyOf(rest: string) {
  return throughout(loadPolicy(`${POLICY_TEXT}${rest}`));
}

const silent = (seconds: number, lastSeen: number): [number, RecordedEvent] => [
  seconds,
  {
    kind: "liveness",
    flips: [{ hostId: HOST, liveness: "late", lastSeenAt: START + lastSeen * 1_000 }],
  },
];

describe("recorded history under two policies", () => {
  it("is the same under the same policy, and pages and proposes what the records call for", () => {
    const run = runRecorded(historyOf(failing), inForce, window);
    expect(run.decided.map(({ what, reason, service }) => `${what} ${reason} ${service}`)).toEqual([
      "proposal restart demo",
      "page check-failing demo",
      "proposal restart demo", // asked again: no answer is on record
    ]);
    expect(compareRuns(run, run).map(({ verdict }) => verdict)).toEqual(["same", "same"]);
    expect(fidelityOf(run.audit, run.audit)).toEqual({ openedCount: 1, alsoHereCount: 1 });
  });

  it("says what a rule that is turned off would no longer have done", () => {
    const history = historyOf(failing);
    const off = policyOf("rules: { check-failing: { enabled: false } }");
    const rows = compareRuns(runRecorded(history, inForce, window), runRecorded(history, off, window));
    expect(rows.map(({ what, subject, verdict }) => [what, subject, verdict])).toEqual([
      ["proposal", "demo on web-1", "only-before"],
      ["page", "demo on web-1", "only-before"],
    ]);
  });

  it("counts a silence from the last sign of life, under each policy's own bounds", () => {
    const history = historyOf([silent(75, 60), [600, reported("pass", START + 600_000)]]);
    const patient = policyOf("liveness: { profile: economy }");
    const rows = compareRuns(runRecorded(history, inForce, window), runRecorded(history, patient, window));
    const page = rows.find(({ what, reason }) => what === "page" && reason === "host-silent");
    expect(page).toMatchObject({ subject: "web-1", verdict: "later" });
    const bound = START + 60_000 + inForce[0].policy.liveness.pageBoundMs;
    expect((page?.before[0] ?? 0) - bound).toBeGreaterThanOrEqual(0);
    expect((page?.before[0] ?? 0) - bound).toBeLessThan(5_000);
  });

  it("does again what people did, to the incident that the audit names", () => {
    const history = historyOf(failing);
    const row = (at: number, act: string, actor: Actor) => ({
      at: START + at * 1_000,
      act,
      actor,
      refs: [
        { kind: "incident", incidentId: "inc_real" },
        { kind: "subject", subject: DEMO },
      ] as const,
      subject: "an incident, in words that nobody reads",
      why: "other words",
    });
    const audit = [
      row(80, "incident-opened", byRule("check-failing")),
      row(200, "incident-acknowledged", byPerson("alice")),
    ];
    const run = runRecorded({ ...history, audit }, inForce, window);
    expect(run.audit.filter(({ act }) => act === "incident-acknowledged")).toMatchObject([
      { actor: byPerson("alice"), at: START + 200_000 },
    ]);
  });

  it("takes the policy of each instant, and judges what it finds by it at once", () => {
    const history = historyOf(failing);
    const off = policyOf("rules: { check-failing: { enabled: false } }");
    const untilThen = (seconds: number) =>
      [off[0], { sinceAt: START + seconds * 1_000, policy: inForce[0].policy }] as const;
    const pagesOf = (policies: Parameters<typeof runRecorded>[1]) =>
      runRecorded(history, policies, window).decided.flatMap(({ what, at }) => (what === "page" ? [at] : []));
    const [early = 0] = pagesOf(inForce);
    expect(pagesOf(off)).toEqual([]);
    expect(pagesOf(untilThen(0))).toEqual([early]);
    const [late = 0, ...more] = pagesOf(untilThen(290));
    expect([late - START >= 290_000, late - START <= 295_000, more]).toEqual([true, true, []]);
    expect(pagesOf([...inForce, { sinceAt: START + 1_000, policy: off[0].policy }])).toEqual([]);
  });

  it("holds pages as the silences of then did, until a person ended them", () => {
    const history = historyOf(failing);
    const silence = {
      silenceId: "sil_real",
      matcher: { hostId: HOST, service: null, reason: null },
      by: byPerson("alice"),
      why: "kernel update",
      startsAt: START - 3_600_000,
      endsAt: START + 1_200_000,
      isOver: true,
    };
    const refs = [{ kind: "silence", silenceId: "sil_real" }] as const;
    const end = { act: "silence-ended", refs, subject: "", why: "" };
    const pageAt = (audit: RecordedHistory["audit"], isOver = true) => {
      const settings = { ...NOTHING_SET, silences: [{ ...silence, isOver }] };
      const { decided } = runRecorded({ ...history, audit, settings }, inForce, window);
      return Math.floor(((decided.find(({ what }) => what === "page")?.at ?? 0) - START) / 1_000);
    };
    const unsilenced = runRecorded(history, inForce, window).decided.find(({ what }) => what === "page");
    const early = Math.floor(((unsilenced?.at ?? 0) - START) / 1_000);
    expect(early).toBeLessThan(120);
    expect(pageAt([])).toBe(early); // it ended before the audit begins
    expect(pageAt([], false)).toBe(1_200);
    expect(pageAt([{ ...end, actor: BY_DESK, at: START + 1_200_000 }])).toBe(1_200);
    expect(pageAt([{ ...end, actor: byPerson("alice"), at: START + 600_000 }])).toBe(600);
  });

  it("says yes in advance where somebody had, as often as was left", () => {
    const given = {
      standingId: "std_real",
      by: byPerson("alice"),
      subject: DEMO,
      action: "restart",
      usesMax: 3,
      usesCount: 3,
      givenAt: START - 3_600_000,
      untilAt: START + 3_600_000,
      why: "known leak",
      isOver: false,
    };
    const used = {
      at: START + 90_000,
      actor: byPerson("alice"),
      act: "approved-by-standing",
      refs: [
        { kind: "approval", approvalId: "apr_real" },
        { kind: "standing", standingId: "std_real", use: 2 },
      ] as const,
      subject: "",
      why: "",
    };
    const revoked = {
      at: START + 30_000,
      actor: byPerson("bob"),
      act: "standing-revoked",
      refs: [{ kind: "standing", standingId: "std_real", use: null }] as const,
      subject: "",
      why: "",
    };
    const acts = (audit: RecordedHistory["audit"], more: Partial<typeof given> = {}) =>
      settingActs({ ...NOTHING_SET, standing: [{ ...given, ...more }] }, audit).map(({ act, at }) => [
        (at - START) / 1_000,
        act.kind,
        act.kind === "give-standing" ? act.usesMax : null,
      ]);
    expect(acts([used])).toEqual([[-3_600, "give-standing", 2]]);
    expect(acts([])).toEqual([]); // all uses lie before
    expect(acts([], { usesCount: 2 })).toEqual([[-3_600, "give-standing", 1]]);
    expect(acts([used], { isOver: true })).toEqual([]);
    expect(acts([revoked, used], { isOver: true })).toEqual([
      [-3_600, "give-standing", 2],
      [30, "revoke-standing", null],
    ]);
    const settings = { ...NOTHING_SET, standing: [{ ...given, givenAt: START + 1_000 }] };
    const byAlice = { ...revoked, actor: byPerson("alice") };
    const { audit } = runRecorded(
      { ...historyOf(failing), settings, audit: [byAlice, used] },
      inForce,
      window,
    );
    const done = audit.filter(({ act }) => act.startsWith("standing-"));
    expect(done.map(({ act, at }) => [act, at - START])).toEqual([
      ["standing-given", 1_000],
      ["standing-revoked", 30_000],
    ]);
  });
});

describe("the versions of the policy in a time", () => {
  const applied = (version: number, at: number) => ({ version, appliedAt: at });

  it("begin with the one that was in force, and go on with each that was applied by its end", () => {
    const history = [applied(3, 301), applied(2, 200), applied(1, 100)];
    expect(versionSpans(history, { fromAt: 100, toAt: 300 })).toEqual({
      ok: true,
      value: [
        { version: 1, sinceAt: null },
        { version: 2, sinceAt: 200 },
      ],
    });
    expect(versionSpans(history, { fromAt: 99, toAt: 301 })).toMatchObject({
      value: [{ version: 0, sinceAt: null }, { sinceAt: 100 }, { sinceAt: 200 }, { sinceAt: 301 }],
    });
    expect(versionSpans([], { fromAt: 99, toAt: 301 })).toMatchObject({ value: [{ version: 0 }] });
  });

  it("are refused where the first of them is kept no more", () => {
    const history = [applied(3, 300), applied(2, 200)];
    expect(versionSpans(history, { fromAt: 199, toAt: 400 })).toMatchObject({
      error: { keptSinceAt: 200 },
    });
    expect(versionSpans(history, { fromAt: 200, toAt: 400 })).toMatchObject({ ok: true });
  });
});
