// What the desk of this world asks of others: providers, by the functions that production calls them with. The way
// there and back takes its time, and at each of their ends the desk may be gone. There are no approvals in this world,
// so nothing is signed and no shard is told anything.
import { ok } from "@countersign/shared/values/result";
import type { RouteBindings } from "../../../control-plane/src/platform/desk/routes.ts";
import {
  askReceipt,
  sendableOf,
  type SendingBy,
  sendPage,
  settleDelivery,
} from "../../../control-plane/src/platform/desk/send-page.ts";
import type { Policy } from "../../../control-plane/src/policy/policy.ts";
import type { DeskCalls } from "../../../control-plane/src/shell/desk/desk-ports.ts";
import type { Answered } from "../../../control-plane/src/shell/ports.ts";
import { SimulatedCrash } from "../faults/crash-points.ts";
import type { Line } from "./line.ts";
import { asCall } from "./virtual-network.ts";
import type { WorkingClock } from "./working-clock.ts";

const THERE_MS = 40;
const BACK_MS = 60;

/** How the life that asks reaches others, and hears of them. */
export interface Caller {
  readonly clock: WorkingClock;
  readonly policy: Policy;
  readonly bindings: RouteBindings;
  readonly lineOf: (channel: string) => Line;
  readonly performs: (effect: () => void) => void;
  /** passes a boundary outside of the desk; true: it died there, or before */
  readonly passes: (name: string) => boolean;
  readonly hears: (answer: () => void) => void;
}

interface Asking<T> {
  readonly channel: string;
  readonly key: string;
  readonly ask: (by: SendingBy) => Promise<T>;
}

/** The calls of one life. */
export function providerCallsOf(caller: Caller): DeskCalls {
  return {
    sendPage: ({ channel, page, ...thread }, answered) =>
      calls(
        caller,
        { channel, key: page.key, ask: (by) => sendPage(sendableOf(page, thread), channel, by) },
        answered,
      ),
    askReceipt: (delivery, answered) =>
      calls(caller, { ...of(delivery), ask: (by) => askReceipt(delivery, by) }, answered),
    settleDelivery: (delivery, answered) =>
      calls(caller, { ...of(delivery), ask: (by) => settleDelivery(delivery, by) }, answered),
    signGrant: () => nobody("Sign a grant"),
    deliverGrant: () => nobody("Deliver a grant"),
    tellShard: () => nobody("Tell a shard"),
  };
}

function of({ channel, pageKey }: { readonly channel: string; readonly pageKey: string }) {
  return { channel, key: pageKey };
}

function calls<T>(caller: Caller, { ask, channel, key }: Asking<T>, answered: Answered<T>): void {
  const { bindings, clock, hears, lineOf, passes, performs, policy } = caller;
  const line = lineOf(channel);
  const goes = async () => {
    const answer = await asCall(line, key, () => ask({ policy, bindings, now: clock.now }));
    if (passes("after its provider answered, before that was heard")) return;
    clock.after(BACK_MS, () => hears(() => answered(ok(answer))));
  };
  // What is on the wire goes on when the desk is gone; only its answer is heard by nobody.
  performs(() => {
    if (passes("before a call goes out")) throw new SimulatedCrash("Before a call goes out");
    clock.after(THERE_MS, () => clock.begins(goes()));
  });
}

function nobody(what: string): never {
  throw new Error(`${what}: nobody does that in this world`);
}
