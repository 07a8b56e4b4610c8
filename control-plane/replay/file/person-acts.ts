// What people do in a replay: answer an approval, acknowledge, freeze, silence, mark false alarms. A no of the desk is recorded as a refusal.
import { ok, type Result } from "@countersign/shared/values/result";
import { actBy } from "../../src/core/desk/desk-event.ts";
import type { Approval } from "../../src/core/desk/records/approval.ts";
import type { ActRefusal } from "../../src/core/desk/state/desk-events.ts";
import type { PageReason } from "../../src/core/words/signal.ts";
import {
  FLEET,
  hostedSubject,
  hostIdIn,
  type Scope,
  serviceOf,
  type Subject,
} from "../../src/core/words/subject.ts";
import { holdersOf, openQuestions } from "../desk-seen.ts";
import type { RecordedRefusal } from "../printed/replay-record.ts";
import type { SimulatedHost } from "../world/simulated-host.ts";
import { standInSignature } from "../world/stand-in.ts";
import type { StoryWorld } from "../world/story-world.ts";
import type { PlannedEvent } from "./planned-incident.ts";
import { spanMs } from "./written-times.ts";

/** A person acts; `host` null: on whatever is open. */
export function actOfPerson(world: StoryWorld, planned: PlannedEvent, host: SimulatedHost | null): void {
  const { approve, deny, acknowledge, freeze, unfreeze, silence, falseAlarm } = planned.event;
  const about = { host, service: planned.service };
  if (approve !== undefined) answer(world, about, { kind: "approve", by: approve.by });
  if (deny !== undefined) answer(world, about, { kind: "deny", by: deny.by });
  if (acknowledge !== undefined) take(world, about, acknowledge);
  if (freeze !== undefined) brake(world, about, { kind: "freeze", ...freeze });
  if (unfreeze !== undefined) brake(world, about, { kind: "lift-freeze", ...unfreeze });
  if (silence !== undefined) mute(world, about, silence);
  if (falseAlarm !== undefined) markFalse(world, about, falseAlarm);
}

interface About {
  readonly host: SimulatedHost | null;
  readonly service: string | null;
}

function answer(
  world: StoryWorld,
  about: About,
  { kind, by }: { readonly kind: "approve" | "deny"; readonly by: string },
): void {
  const approval = openApprovalOf(world, about);
  if (approval === undefined)
    return note(world, about, { reason: "nothing-to-answer", text: "there is no open approval to answer" });
  const { approvalId, proposalHash } = approval;
  world.desk.take(actBy(by, { kind: "see-approval", approvalId }));
  const signature = standInSignature(by, proposalHash);
  const act = kind === "approve" ? { kind, approvalId, proposalHash, signature } : { kind, approvalId };
  heed(world, about, world.desk.take(actBy(by, act)));
}

function brake(
  world: StoryWorld,
  about: About,
  act: {
    readonly kind: "freeze" | "lift-freeze";
    readonly by: string;
    readonly why: string;
    readonly scope: "service" | "host" | "fleet";
  },
): void {
  const { by, kind, why } = act;
  heed(world, about, world.desk.take(actBy(by, { kind, scope: scopeOf(about, act.scope), why })));
}

function take(
  world: StoryWorld,
  about: About,
  { by, reason }: { readonly by: string; readonly reason?: PageReason | undefined },
): void {
  const isThere = (subject: Subject) => isAbout({ subject }, about);
  const taken = holdersOf(world.desk.state, { isThere, reason: reason ?? null });
  if (taken.length === 0)
    return note(world, about, {
      reason: "nothing-to-acknowledge",
      text: "there is no incident to acknowledge",
    });
  for (const { incidentId } of taken)
    heed(world, about, world.desk.take(actBy(by, { kind: "acknowledge", incidentId })));
}

function mute(
  world: StoryWorld,
  about: About,
  silence: {
    readonly by: string;
    readonly for: string;
    readonly why: string;
    readonly reason?: PageReason | undefined;
  },
): void {
  const { now } = world.clock;
  const matcher = {
    hostId: about.host?.hostId ?? null,
    service: about.service,
    reason: silence.reason ?? null,
  };
  const { by, why } = silence;
  const endsAt = now + spanMs(silence.for);
  heed(world, about, world.desk.take(actBy(by, { kind: "silence", matcher, why, startsAt: now, endsAt })));
}

// Also of what is over: people judge a night's findings in the morning.
function markFalse(
  world: StoryWorld,
  about: About,
  { by, reason }: { readonly by: string; readonly reason?: string | undefined },
): void {
  const found = world.desk.state.shadow
    .values()
    .filter(
      ({ falseAlarmBy, signal }) =>
        falseAlarmBy === null && isAbout(signal, about) && (reason === undefined || signal.reason === reason),
    );
  if (found.length === 0)
    return note(world, about, { reason: "nothing-to-mark", text: "there is no finding in shadow to mark" });
  for (const { findingId } of found)
    heed(world, about, world.desk.take(actBy(by, { kind: "mark-false-alarm", findingId })));
}

function openApprovalOf(world: StoryWorld, about: About): Approval | undefined {
  return openQuestions(world.desk.state).find((approval) => isAbout(approval, about));
}

function isAbout({ subject }: { readonly subject: Subject }, { host, service }: About): boolean {
  return (
    (host === null || hostIdIn(subject) === host.hostId) &&
    (service === null || serviceOf(subject) === service)
  );
}

function scopeOf({ host, service }: About, scope: "service" | "host" | "fleet"): Scope {
  if (scope === "fleet" || host === null) return FLEET;
  return hostedSubject({ hostId: host.hostId, hostName: host.name }, scope === "service" ? service : null);
}

function heed(world: StoryWorld, about: About, answered: Result<null, ActRefusal> = ok(null)): void {
  if (!answered.ok) note(world, about, { reason: answered.error.reason, text: answered.error.reason });
}

function note(
  world: StoryWorld,
  { host, service }: About,
  refused: Pick<RecordedRefusal, "reason" | "text">,
): void {
  world.refuse({ host: host?.name ?? null, service, by: "desk", ...refused });
}
