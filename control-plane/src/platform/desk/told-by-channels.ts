// What a provider brings to this desk by itself: its channel checks that it was the provider, and the desk takes what
// it says became of a page. What a reader would get wrong: nothing is believed, looked up or recorded before that
// check; an unknown channel and a wrong signature are one refusal.
import { namedAt } from "@countersign/shared/values/named";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { hearOn } from "../../channels/any-channel.ts";
import type { ChannelBindings, Told } from "../../channels/channel.ts";
import type { DeskEvent, Receipt } from "../../core/desk/desk-event.ts";
import type { Delivery } from "../../core/desk/records/pages/delivery.ts";
import type { ActRefusal } from "../../core/desk/state/desk-events.ts";
import { deliveryOf } from "../../core/desk/state/desk-index.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import { rolesOf } from "../../core/words/roles.ts";
import type { Policy } from "../../policy/policy.ts";
import { bounded } from "../bounded.ts";
import { WORKERD_LOG } from "../workerd-ports.ts";

/** Checking a signature is a matter of milliseconds. */
const CHECK_TIMEOUT_MS = 5_000;

/** A request to `/v1/channels/NAME` as plain data. */
export interface ToldCall {
  /** as the provider addressed it: this desk's public address, with path and query */
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What the provider is answered, in the channel's own form. */
export interface ToldAnswer {
  readonly contentType: string;
  readonly body: string;
}

type Became = Parameters<Told["answer"]>[0];

/** What is used of a desk. */
interface Hearing {
  readonly state: DeskState;
  policy(): Policy;
  take(events: readonly DeskEvent[]): Result<null, ActRefusal>;
}

/** Takes what came for a channel; refused: nobody has shown that it came from its provider. */
export async function hearChannel(
  desk: Hearing,
  bindings: ChannelBindings,
  asked: { readonly channel: string; readonly call: ToldCall; readonly now: number },
): Promise<Result<ToldAnswer, { readonly reason: "provider-unproven" }>> {
  const { call, channel, now } = asked;
  const settings = namedAt(desk.policy().channels, channel);
  const told =
    settings === undefined ? null : await checked(() => hearOn(settings, requestOf(call, now), bindings));
  if (told === null || !told.ok) return refuse({ reason: "provider-unproven" });
  const { answer, handle, receipt } = told.value;
  return ok(answer(handle === null ? "taken" : takeTold(desk, { channel, handle, receipt })));
}

function requestOf({ body, headers, url }: ToldCall, cameAt: number) {
  return { url, body, cameAt, headers: new Headers(headers.map(([name, value]) => [name, value])) };
}

/** A channel that throws over what a stranger sent has not been convinced; the error's text may quote a secret. */
async function checked<T>(check: () => Promise<T>): Promise<T | null> {
  try {
    return await bounded(check(), CHECK_TIMEOUT_MS, "Check what a provider brought");
  } catch {
    WORKERD_LOG.error("Check what a provider brought", "its channel failed over it");
    return null;
  }
}

/** What became of it: a message that is not known any more tells nothing about one that is. */
function takeTold(
  desk: Hearing,
  told: {
    readonly channel: string;
    readonly handle: NonNullable<Told["handle"]>;
    readonly receipt: Receipt | null;
  },
): Became {
  const { channel, handle, receipt } = told;
  const known = typeof handle === "string" ? handle : handleKnownBy(desk.state, channel, handle);
  const delivery = known === null ? null : deliveryOf(desk.state, channel, known);
  if (delivery === null) return "unknown";
  if (receipt === null) return "taken";
  const taken = desk.take([{ kind: "receipt-told", deliveryKey: delivery.deliveryKey, receipt }]);
  return taken.ok && hasItsWay(desk, delivery, receipt) ? "taken" : "refused";
}

/** The one handle of a channel that is meant; null: none is, or there is a doubt. */
function handleKnownBy(
  { deliveries }: DeskState,
  channel: string,
  isMeant: (handle: string) => boolean,
): string | null {
  const handles = deliveries.values().flatMap((each) => (each.channel === channel ? [each.handle] : []));
  const [meant, ...more] = [...new Set(handles)].filter(isMeant);
  return meant === undefined || more.length > 0 ? null : meant;
}

/** Nobody hears "you have it" while the desk does not say so. */
function hasItsWay(desk: Hearing, { incidentId, kind, responder }: Delivery, { stage }: Receipt): boolean {
  if (stage !== "acknowledged" || kind === "test") return true;
  if (!rolesOf(desk.policy(), responder).includes("answer")) return false;
  return desk.state.incidents.get(incidentId)?.state !== "open";
}
