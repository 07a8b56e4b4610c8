// Rule `fallback-untested`, of the way to people: the policy wants it drilled, and it was not proven for that long.
// Pure. The same reason says it of fallbacks of services, whose findings come from shards
// (core/facts/rules/fallback-untested.ts): neither ends those of the other.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Evidence } from "../words/signal.ts";
import { personSubject } from "../words/subject.ts";
import { workingTimeFrom } from "../words/working-hours.ts";
import type { DeskFinding, DeskRule } from "./desk-rule.ts";
import { declaredDrills, untestedAt } from "./drills/declared-drills.ts";
import type { Drill } from "./records/pages/drill.ts";
import type { DeskContext } from "./state/desk-events.ts";
import type { DeskState } from "./state/desk-state.ts";

export const pathUntested: DeskRule = {
  reason: "fallback-untested",
  isAbout: ({ kind }) => kind === "person",
  judge: (state, context) =>
    declared(state, context)
      .filter(({ at }) => at <= context.now)
      .map((one) => findingOf(one, context)),
  dueAt: (state, context) => {
    const next = declared(state, context).flatMap(({ at }) => (at > context.now ? [at] : []));
    return next.length === 0 ? null : Math.min(...next);
  },
  endsBecause: "They showed that pages reach them, or the way to them is not drilled any more.",
};

interface Untested {
  readonly drill: Drill;
  readonly everyMs: number;
  readonly at: number;
}

function declared({ drills }: DeskState, { now, policy }: DeskContext): readonly Untested[] {
  return declaredDrills(policy).flatMap(({ drillKey, everyMs }) => {
    const drill = drills.get(drillKey);
    return drill === undefined ? [] : [{ drill, everyMs, at: toldAt(drill, everyMs, { now, policy }) }];
  });
}

/**
 * By day, where they are: that nobody answered a drill is nothing to be woken for. What is not due yet is looked at
 * when it is.
 */
function toldAt(drill: Drill, everyMs: number, { now, policy }: Pick<DeskContext, "now" | "policy">): number {
  const at = untestedAt(drill, everyMs);
  const person = policy.responders.find(({ id }) => id === drill.responder);
  return at > now ? at : workingTimeFrom(at, person?.timeZone);
}

function findingOf({ at, drill, everyMs }: Untested, { policy }: DeskContext): DeskFinding {
  const { responder } = drill;
  const person = policy.responders.find(({ id }) => id === responder) ?? { id: responder, name: responder };
  const why = drill.failedAt === null ? "no drill was answered" : "nobody said that the drill came";
  return {
    subject: personSubject(person),
    severity: "warning",
    title: `Paging ${person.name} was not exercised for ${formatDuration(everyMs)}: ${why}`,
    evidence: evidenceOf(drill),
    happenedAt: at,
  };
}

function evidenceOf(drill: Drill): readonly Evidence[] {
  const { deliveredBy, error, provenAt, provenBy, sentAt, sinceAt } = drill;
  const last: Evidence =
    provenAt === null
      ? { at: sinceAt, text: "the way to them was declared, and never proven" }
      : { at: provenAt, text: `pages last reached them, by ${provenBy}` };
  if (sentAt === null || sentAt <= (provenAt ?? 0))
    return [
      last,
      { at: sinceAt, text: "no drill could go out: something rang them each time, or all is in shadow" },
    ];
  const took = deliveredBy === null ? (error ?? "no channel has taken it") : `${deliveredBy} took it`;
  return [last, { at: sentAt, text: `the last drill: ${took}; nobody said that it came` }];
}
