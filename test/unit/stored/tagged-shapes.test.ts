// The shapes of tagged data: each kind is known, and none of its fields may be missing. A kind that is added and forgotten here does not
// compile; one that is forgotten in the shape fails.
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import type { ApprovalEnd } from "../../../control-plane/src/core/desk/records/approval-end.ts";
import type { AuditRef } from "../../../control-plane/src/core/desk/state/audit-ref.ts";
import { type Actor, byPerson } from "../../../control-plane/src/core/words/actor.ts";
import type { AskRefusal } from "../../../control-plane/src/core/words/signal.ts";
import type { Subject } from "../../../control-plane/src/core/words/subject.ts";
import { ActorShape } from "../../../control-plane/src/stored/actor-shape.ts";
import { AuditRefsShape } from "../../../control-plane/src/stored/audit-shape.ts";
import { ApprovalEndShape, AskRefusalShape } from "../../../control-plane/src/stored/refusal-shapes.ts";
import { SubjectShape } from "../../../control-plane/src/stored/subject-shape.ts";

const HOST = { kind: "host", hostId: "host_a", hostName: "web-1" } as const;
const FROZEN = { reason: "frozen", by: "config-thrash" } as const;
const POINTLESS = { reason: "restart-pointless", finding: "startup-death", failureClass: "auth" } as const;

const actors: { readonly [Kind in Actor["kind"]]: Extract<Actor, { kind: Kind }> } = {
  person: byPerson("alice"),
  rule: { kind: "rule", reason: "host-silent" },
  desk: { kind: "desk" },
  shard: { kind: "shard", shard: "shard-0" },
  host: { kind: "host", hostId: "host_a" },
  admin: { kind: "admin", name: null },
  unknown: { kind: "unknown" },
};

const subjects: { readonly [Kind in Subject["kind"]]: Subject & { readonly kind: Kind } } = {
  host: HOST,
  service: { ...HOST, kind: "service", service: "web" },
  fleet: { kind: "fleet", shard: null },
  provider: { kind: "provider", shard: "shard-0", name: "anthropic" },
  identity: { kind: "identity", shard: "shard-0", name: "bot" },
  person: { kind: "person", responder: "alice", name: "Alice" },
  channel: { kind: "channel", channel: "phone" },
  part: { kind: "part", shard: null },
  external: { kind: "external", name: "backup" },
};

const refs: { readonly [Kind in AuditRef["kind"]]: Extract<AuditRef, { kind: Kind }> } = {
  incident: { kind: "incident", incidentId: "inc_1" },
  approval: { kind: "approval", approvalId: "apr_1" },
  grant: { kind: "grant", grantId: "grt_1" },
  page: { kind: "page", key: "inc_1:firing:0:0:alice" },
  silence: { kind: "silence", silenceId: "sil_1" },
  matcher: { kind: "matcher", hostId: null, service: "web", reason: null },
  standing: { kind: "standing", standingId: "std_1", use: null },
  freeze: { kind: "freeze", scope: HOST },
  finding: { kind: "finding", findingId: "f" },
  record: { kind: "record", recordKey: "desk/page/p" },
  policy: { kind: "policy", version: 3 },
  trust: { kind: "trust", version: 2 },
  "sign-in": { kind: "sign-in", signInId: "sgn_1" },
  device: { kind: "device", name: "phone" },
  cut: { kind: "cut", from: 1, through: 2, hash: "a" },
  subject: { kind: "subject", subject: HOST },
};

const refusals: { readonly [Reason in AskRefusal["reason"]]: Extract<AskRefusal, { reason: Reason }> } = {
  frozen: FROZEN,
  "restart-pointless": POINTLESS,
  "no-action": { reason: "no-action", isTried: false },
  "only-just-over": { reason: "only-just-over", askAt: 2 },
  starting: { reason: "starting", askAt: 2 },
  "not-loaded": { reason: "not-loaded", loadState: "masked" },
  "not-observed": { reason: "not-observed", watchMs: 1, askAt: 2 },
  "budget-used-up": { reason: "budget-used-up", count: 3, max: 3, windowMs: 1, askAt: 2 },
  "asked-too-often": { reason: "asked-too-often", count: 3, windowMs: 1, askAt: 2 },
  "under-way": { reason: "under-way" },
  "install-again": { reason: "install-again" },
  "host-not-up": { reason: "host-not-up", liveness: "late" },
  "action-unknown": { reason: "action-unknown", action: "restart" },
  "asked-too-late": { reason: "asked-too-late" },
  "no-answer": { reason: "no-answer" },
  "asked-otherwise": { reason: "asked-otherwise" },
  "in-shadow": { reason: "in-shadow", action: "restart" },
  "host-refused": { reason: "host-refused", code: "frozen", detail: "" },
  "answered-otherwise": { reason: "answered-otherwise", asked: "a", answered: "b" },
  "catalogue-changed": { reason: "catalogue-changed", action: "restart", level: 4, announced: null },
};

const BY = byPerson("alice");
const ends: { readonly [Reason in ApprovalEnd["reason"]]: ApprovalEnd & { readonly reason: Reason } } = {
  frozen: FROZEN,
  "restart-pointless": POINTLESS,
  recovered: { reason: "recovered" },
  reset: { reason: "reset" },
  "started-anew": { reason: "started-anew" },
  turned: { reason: "turned" },
  rebooted: { reason: "rebooted" },
  "check-first": { reason: "check-first" },
  "asked-otherwise": { reason: "asked-otherwise" },
  "incident-cleared": { reason: "incident-cleared" },
  "incident-resolved": { reason: "incident-resolved" },
  "newer-proposal": { reason: "newer-proposal" },
  "brake-pulled": { reason: "brake-pulled", by: BY },
  "host-retired": { reason: "host-retired", by: BY },
  recalled: { reason: "recalled", by: BY },
  outcome: { reason: "outcome", status: "refused", refusal: "nonce-used" },
  ineffective: { reason: "ineffective" },
  "grant-undelivered": { reason: "grant-undelivered" },
  "no-outcome": { reason: "no-outcome" },
  "verification-missing": { reason: "verification-missing" },
};

describe.each<[string, z.ZodType, readonly object[]]>([
  ["who did something", ActorShape, Object.values(actors)],
  ["what something is about", SubjectShape, Object.values(subjects)],
  ["what an audit row names", AuditRefsShape.element, Object.values(refs)],
  ["why nothing was proposed", AskRefusalShape, Object.values(refusals)],
  ["how an approval ended", ApprovalEndShape, Object.values(ends)],
])("%s", (_what, shape, values) => {
  it.each(values.map((value) => [JSON.stringify(value), value] as const))("%s", (_text, value) => {
    expect(shape.safeParse(value).success).toBe(true);
    for (const field of Object.keys(value)) {
      const torn = Object.fromEntries(Object.entries(value).filter(([name]) => name !== field));
      expect(shape.safeParse(torn).success, `without ${field}`).toBe(false);
    }
  });
});
