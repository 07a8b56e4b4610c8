// Every act of a person, by the list itself: who may do it, who may not, and what is on record of a no. What each does is tested where it acts.
import { describe, expect, it } from "vitest";
import { standInYes } from "../../../../../control-plane/replay/world/stand-in.ts";
import {
  type ActKind,
  ACTS,
  type ReadyAct,
} from "../../../../../control-plane/src/core/desk/acts/act-list.ts";
import {
  type Actor,
  byAdmin,
  byHost,
  byPart,
  byPerson,
  byRule,
} from "../../../../../control-plane/src/core/words/actor.ts";
import type { Role } from "../../../../../control-plane/src/core/words/roles.ts";
import { FLEET } from "../../../../../control-plane/src/core/words/subject.ts";
import type { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { Desk, HOST_ID, PROPOSAL_HASH, SERVICE, START_AT } from "../desk-fixtures.ts";

const MATCHER = { hostId: HOST_ID, service: null, reason: null };

const ALL: Policy["responders"][number]["roles"] = ["answer", "approve", "administer"];

/** One of each kind, on a desk with an open approval. */
const SAMPLES: { readonly [Kind in ActKind]: Extract<ReadyAct, { kind: Kind }> } = {
  "see-approval": { kind: "see-approval", approvalId: "apr_2" },
  "see-incident": { kind: "see-incident", incidentId: "inc_1" },
  approve: { kind: "approve", approvalId: "apr_2", proposalHash: PROPOSAL_HASH },
  deny: { kind: "deny", approvalId: "apr_2" },
  "ask-for": {
    kind: "ask-for",
    hostId: HOST_ID,
    hostName: "web-1",
    service: "demo",
    action: "retry",
    why: "the key is new",
  },
  "add-note": { kind: "add-note", incidentId: "inc_1", text: "the disk is full" },
  acknowledge: { kind: "acknowledge", incidentId: "inc_1" },
  freeze: { kind: "freeze", scope: FLEET, why: "looking" },
  "lift-freeze": { kind: "lift-freeze", scope: FLEET, why: "looked" },
  silence: {
    kind: "silence",
    matcher: MATCHER,
    why: "work",
    startsAt: START_AT,
    endsAt: START_AT + 3_600_000,
  },
  "end-silence": { kind: "end-silence", silenceId: "sil_9" },
  "give-standing": {
    kind: "give-standing",
    standingId: "std_1",
    signed: standInYes("alice"),
    subject: SERVICE,
    action: "restart",
    usesMax: 1,
    untilAt: START_AT + 3_600_000,
    why: "it leaks",
  },
  "revoke-standing": { kind: "revoke-standing", standingId: "std_9" },
  "retire-host": { kind: "retire-host", hostId: HOST_ID, hostName: "web-1", why: "sold" },
  "set-aside": { kind: "set-aside", hostId: HOST_ID, why: "its disk died" },
  "mark-false-alarm": { kind: "mark-false-alarm", findingId: "fnd_9" },
  "discard-record": { kind: "discard-record", recordKey: "desk/silence/sil_9" },
  "send-test-page": { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: null },
  "confirm-test-page": { kind: "confirm-test-page", testId: "tst_9" },
};

const NOBODY: readonly Actor[] = [
  byPerson("mallory"),
  byRule("fleet-silent"),
  byPart("desk"),
  byPart("shard-0"),
  byHost(HOST_ID),
  { kind: "unknown" },
];

describe.each(ACTS)("$kind", ({ kind, refused, who }) => {
  const others = who === "admin-too" ? NOBODY : [...NOBODY, byAdmin("alice")];

  it.each(others)("by $kind $responder$name is refused, on record, and changes nothing", (by) => {
    const { answer, rows, isUnchanged } = takeOf(kind, by);
    expect(answer).toEqual({ ok: false, error: { reason: "people-only" } });
    expect([rows, isUnchanged]).toEqual([[{ actor: by, act: refused, why: "people-only" }], true]);
  });

  it("by a responder is decided by the act itself, and its no is on record", () => {
    const { answer, rows } = takeOf(kind, byPerson("alice"));
    if (answer.ok) expect(rows.filter(({ act }) => act === refused)).toEqual([]);
    else expect([answer.error.reason === "people-only", rows[0]?.act]).toEqual([false, refused]);
  });
});

/** The least that the policy must let a responder do; each act stands here, so that a change of one is seen. */
const NEEDS: { readonly [Kind in ActKind]: Role } = {
  "see-approval": "look",
  "see-incident": "look",
  "confirm-test-page": "look",
  acknowledge: "answer",
  "add-note": "answer",
  "ask-for": "answer",
  deny: "answer",
  freeze: "answer",
  silence: "answer",
  "end-silence": "answer",
  "revoke-standing": "answer",
  "set-aside": "answer",
  "mark-false-alarm": "answer",
  "send-test-page": "answer",
  approve: "approve",
  "give-standing": "approve",
  "lift-freeze": "approve",
  "retire-host": "administer",
  "discard-record": "administer",
};

/** What a policy can give, and what of it is had. */
const GIVEN: readonly (readonly [given: Policy["responders"][number]["roles"], had: readonly Role[]])[] = [
  [[], ["look"]],
  [["answer"], ["look", "answer"]],
  [["approve"], ["look", "answer", "approve"]],
  [["administer"], ["look", "administer"]],
  [
    ["answer", "approve", "administer"],
    ["look", "answer", "approve", "administer"],
  ],
];

describe.each(ACTS)("$kind by role", ({ kind, refused }) => {
  it.each(GIVEN)("given %j", (given, had) => {
    const by = byPerson("alice");
    const { answer, isUnchanged, rows } = takeOf(kind, by, given);
    const reason = answer.ok ? null : answer.error.reason;
    if (had.includes(NEEDS[kind])) return expect(reason).not.toBe("role-missing");
    expect(reason).toBe("role-missing");
    const why = `role-missing: ${NEEDS[kind]}`;
    return expect([rows, isUnchanged]).toEqual([[{ actor: by, act: refused, why }], true]);
  });

  it("by the admin token does not depend on anybody's roles", () => {
    const [some, none] = [undefined, []].map((given) => takeOf(kind, byAdmin(), given).answer);
    expect(some).toEqual(none);
  });
});

it("what the admin token may do besides a responder is this, and nothing that lets anything run", () => {
  const theirs = ACTS.filter(({ who }) => who === "admin-too").map(({ kind }) => kind);
  expect(theirs).toEqual([
    "add-note",
    "retire-host",
    "set-aside",
    "mark-false-alarm",
    "discard-record",
    "send-test-page",
  ]);
  for (const kind of theirs) {
    const { answer } = takeOf(kind, byAdmin());
    expect(answer.ok ? null : answer.error.reason).not.toBe("people-only");
  }
});

it("an act that is not on the list is refused, and changes nothing", () => {
  const desk = openDesk();
  const before = desk.state;
  for (const kind of ["restart", "constructor", "toString", ""]) {
    const { answer } = desk.act("alice", { kind } as unknown as ReadyAct);
    expect(answer).toEqual({ ok: false, error: { reason: "act-unknown" } });
  }
  expect(desk.state).toEqual(before);
});

it("no two acts have one name, or one name in the audit", () => {
  expect(new Set(ACTS.map(({ kind }) => kind)).size).toBe(ACTS.length);
  expect(new Set(ACTS.map(({ refused }) => refused)).size).toBe(ACTS.length);
});

function openDesk(roles: Policy["responders"][number]["roles"] = ALL): Desk {
  const desk = new Desk();
  const responders = desk.policy.responders.map((each) => (each.id === "alice" ? { ...each, roles } : each));
  desk.policy = { ...desk.policy, responders };
  desk.fire({ proposalRequestId: "prq_1" });
  desk.propose();
  return desk;
}

function takeOf(kind: ActKind, by: Actor, roles?: Policy["responders"][number]["roles"]) {
  const desk = openDesk(roles);
  const before = desk.state;
  const { answer, effects, state } = desk.take({ kind: "act", act: SAMPLES[kind], by });
  const rows = effects.flatMap((effect) =>
    effect.kind === "audit"
      ? [{ actor: effect.entry.actor, act: effect.entry.act, why: effect.entry.why }]
      : [],
  );
  return { answer, rows, isUnchanged: state === before };
}
