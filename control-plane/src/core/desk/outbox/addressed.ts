// To whom, and by which channels, a page that is on its way goes as the policy is now. Pure. What a reader would get
// wrong: a page keeps the channels that it was made with only as long as they are its person's; another person's phone
// must not ring for it, and who was given a working channel need not wait for the old one.
import type { Policy } from "../../../policy/policy.ts";
import { roundOf } from "../deliveries/channel-choice.ts";
import type { Page } from "../records/pages/page.ts";
import { type DeskChange, putIncident } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { carriersOf } from "./page-queue.ts";

/** Says whether a page is of a person who left, or waits for channels that are not those its person has. */
export function isMisaddressed({ channels, kind, responder, round, state }: Page, policy: Policy): boolean {
  if (state !== "pending" && state !== "held") return false;
  const person = policy.responders.find(({ id }) => id === responder);
  if (person === undefined) return true;
  // One that was asked of one channel waits for that.
  if (kind === "test" || state === "held" || round?.isWaiting !== true) return false;
  return !isSame(channels, carriersOf({ policy }, person.channels, kind));
}

/** A page with the channels that its person has now; null: they left, or none of theirs carries it any more. */
export function addressedNow(
  state: Pick<DeskState, "testPages">,
  { policy }: Pick<DeskContext, "policy">,
  page: Page,
): Page | null {
  const person = policy.responders.find(({ id }) => id === page.responder);
  if (person === undefined) return null;
  const only = page.kind === "test" ? (state.testPages.get(page.incidentId)?.channel ?? null) : null;
  const own = person.channels.filter((channel) => only === null || channel === only);
  const channels = carriersOf({ policy }, own, page.kind);
  if (isSame(channels, page.channels)) return page;
  if (channels.length === 0 && own.length > 0) return null;
  const next = channels.indexOf(page.channels[page.channelIndex] ?? "");
  return { ...page, channels, channelIndex: Math.max(0, next), round: roundOf(page) };
}

/** Nobody who is in the policy was reached by the ring of who left: who is on the step is rung at once. */
export function ringAnother(
  change: DeskChange,
  { now, policy }: Pick<DeskContext, "now" | "policy">,
  { incidentId, kind }: Pick<Page, "incidentId" | "kind">,
): DeskChange {
  const incident = kind === "ring" ? change.state.incidents.get(incidentId) : undefined;
  if (incident === undefined || incident.state !== "open" || incident.nextStep === null) return change;
  if (policy.responders.some(({ id }) => incident.reached.includes(id))) return change;
  return putIncident(change, { ...incident, nextStep: { ...incident.nextStep, dueAt: now } });
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((one, index) => one === right[index]);
}
