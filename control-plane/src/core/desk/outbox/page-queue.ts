// How a page comes into the outbox, once for each key, and how one is taken out of it. Pure. What a reader would get
// wrong: what becomes of it in between stands in page-outbox.ts; who tells an end queues a page, so this knows nothing of
// ends.
import type { Severity } from "@countersign/shared/wire/service-report";
import { wayOf } from "../../../policy/ways.ts";
import { BY_DESK } from "../../words/actor.ts";
import { wantsSomebody } from "../deliveries/delivery-index.ts";
import type { Page, PageKind, Told } from "../records/pages/page.ts";
import { refsOfPage } from "../state/audit-refs.ts";
import { addAudit, type DeskChange, putPage } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { PageText } from "../texts/page-texts.ts";
import { pageKeyOf } from "./page-key.ts";
import { isHeld } from "./storm.ts";

export interface PageRequest {
  readonly incidentId: string;
  readonly approvalId: string | null;
  readonly kind: PageKind;
  /** of what is sent about the incident, the how manieth; the end is told once, so its number is 0 */
  readonly number: number;
  readonly responder: string;
  readonly severity: Severity;
  readonly text: PageText;
  readonly tells: readonly Told[];
  readonly path: string;
  /** the channel to begin with, counted through the person's own: a round that nobody answered begins the next one at the next channel */
  readonly firstChannel: number;
  readonly isEverywhere: boolean;
  /** absent: the person's own, as the policy has them */
  readonly channels?: readonly string[];
}

/** Queues a page, due now or held for a digest. The same key never makes a second page. */
export function queuePage(change: DeskChange, context: DeskContext, request: PageRequest): DeskChange {
  const { kind, responder } = request;
  const key = pageKeyOf(request);
  if (change.state.pages.get(key) !== undefined) return change;
  const person = context.policy.responders.find(({ id }) => id === responder);
  const own = request.channels ?? person?.channels ?? [];
  const channels = carriersOf(context, own, kind);
  const isAtOnce = person?.send === "at-once";
  const mustWait = isHeld(change.state, context.now, request);
  const page = newPage(context, { request, key, channels, isAtOnce, isHeld: mustWait });
  if (channels.length > 0 || own.length === 0) return putPage(change, page);
  const why = `No channel of ${responder} carries what does not want somebody now ("${page.title}").`;
  return takeBack(change, context, { page, why });
}

/** Of some channels those that carry such a page: one that rings alone is for what wants somebody now. */
export function carriersOf(
  { policy }: Pick<DeskContext, "policy">,
  channels: readonly string[],
  kind: PageKind,
): readonly string[] {
  return channels.filter((channel) => wantsSomebody({ kind }) || wayOf(policy, channel)?.carries !== "rings");
}

function newPage(
  context: DeskContext,
  of: {
    readonly request: PageRequest;
    readonly key: string;
    readonly channels: readonly string[];
    readonly isAtOnce: boolean;
    readonly isHeld: boolean;
  },
): Page {
  const { channels, key, request } = of;
  const { incidentId, kind, responder } = request;
  const isAtOnce = of.isAtOnce && wantsSomebody({ kind });
  return {
    key,
    incidentId,
    approvalId: request.approvalId,
    kind,
    tells: request.tells,
    isEverywhere: (request.isEverywhere || isAtOnce) && channels.length > 1,
    responder,
    channels,
    channelIndex: channels.length === 0 ? 0 : request.firstChannel % channels.length,
    attempts: 0,
    nextAttemptAt: context.now,
    state: of.isHeld ? "held" : "pending",
    severity: request.severity,
    title: request.text.title,
    body: request.text.body,
    path: request.path,
    createdAt: context.now,
    deliveredAt: null,
    deliveredBy: null,
    lastError: null,
  };
}

/** Takes a page out of the outbox; why stands in the audit. */
export function takeBack(
  change: DeskChange,
  context: DeskContext,
  { page, why }: { readonly page: Page; readonly why: string },
): DeskChange {
  const pages = change.state.pages.without(page.key);
  return addAudit({ ...change, state: { ...change.state, pages } }, context, {
    actor: BY_DESK,
    act: "page-withdrawn",
    refs: refsOfPage(page),
    why,
  });
}
