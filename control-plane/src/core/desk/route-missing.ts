// Rule `route-missing`: a step of the escalation names a person whom no channel can reach, found before a page needs it. Pure.
// Whether a channel can work (its secret is bound, its address allowed) only the shell can know; it brings that as `route-checked`.
import { BY_DESK } from "../words/actor.ts";
import { personSubject } from "../words/subject.ts";
import type { DeskEvent } from "./desk-event.ts";
import type { DeskRule } from "./desk-rule.ts";
import type { BrokenRoute } from "./records/pages/broken-route.ts";
import { addAudit, type DeskChange } from "./state/desk-change.ts";
import type { DeskContext } from "./state/desk-events.ts";
import type { DeskState } from "./state/desk-state.ts";

export const routeMissing: DeskRule = {
  reason: "route-missing",
  judge: (state, { now, policy }) => {
    const named = new Set(policy.escalation.steps.flatMap(({ notify }) => notify));
    return policy.responders
      .filter(
        ({ id, channels }) => named.has(id) && channels.every((channel) => state.brokenRoutes.get(channel)),
      )
      .map((responder) => {
        const broken = brokenOf(state, responder.channels);
        // Whoever has no channel at all has none that broke.
        const [first] = broken;
        return {
          subject: personSubject(responder),
          severity: "critical",
          title: `${responder.name} cannot be paged: no channel of theirs can work`,
          happenedAt: first === undefined ? now : Math.max(...broken.map(({ at }) => at)),
          evidence:
            first === undefined
              ? [{ at: now, text: "the policy names no channel of theirs" }]
              : broken.map(({ at, channel, problem }) => ({ at, text: `${channel}: ${problem}` })),
        };
      });
  },
  dueAt: () => null,
  endsBecause: "A channel can work again, or no step names the person any more.",
};

/** Takes what the shell found about one channel; the same finding again changes nothing. */
export function takeRoute(
  change: DeskChange,
  context: DeskContext,
  { channel, problem }: Extract<DeskEvent, { kind: "route-checked" }>,
): DeskChange {
  const before = change.state.brokenRoutes.get(channel);
  if ((before?.problem ?? null) === problem) return change;
  const brokenRoutes =
    problem === null
      ? change.state.brokenRoutes.without(channel)
      : change.state.brokenRoutes.with(channel, { channel, problem, at: context.now });
  return addAudit({ ...change, state: { ...change.state, brokenRoutes } }, context, {
    actor: BY_DESK,
    act: problem === null ? "route-works" : "route-broken",
    refs: [{ kind: "subject", subject: { kind: "channel", channel } }],
    why: problem ?? "The channel can work again.",
  });
}

function brokenOf(state: DeskState, channels: readonly string[]): readonly BrokenRoute[] {
  return channels.flatMap((channel) => state.brokenRoutes.get(channel) ?? []);
}
