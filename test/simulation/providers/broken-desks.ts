// Desks with one planted bug each, between a decision and its receipt. They prove that the enumeration of crashes finds
// such bugs: undisturbed, each of them tells the story as well as production does.
import { NO_RECORDS, recordsFrom } from "@countersign/shared/values/records";
import type { Channel } from "../../../control-plane/src/channels/any-channel.ts";
import type { Delivery } from "../../../control-plane/src/core/desk/records/pages/delivery.ts";
import type { Page } from "../../../control-plane/src/core/desk/records/pages/page.ts";
import type { DeskDecision } from "../../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskState } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import type {
  DeskCalls,
  PageReceipt,
  PageSending,
} from "../../../control-plane/src/shell/desk/desk-ports.ts";
import type { Answered } from "../../../control-plane/src/shell/ports.ts";
import { type DeskParts, PRODUCTION_DESK } from "./desk-of-providers.ts";
import { providerCallsOf } from "./provider-calls.ts";

type Decide = DeskParts["decide"];
const { decide: decideAsProduction } = PRODUCTION_DESK;

/** Production's decision, changed before it is stored. */
function withDecision(change: (decision: DeskDecision) => DeskDecision): DeskParts {
  return { ...PRODUCTION_DESK, decide: (...asked) => change(decideAsProduction(...asked)) };
}

/** What nobody confirmed is not tried again: it may have arrived. */
function dropsTheUnconfirmed(): DeskParts {
  const decide: Decide = (state, event, context) => {
    const isDropped = ({ attempts, lastError, nextAttemptAt, state: is }: Page) =>
      is === "pending" && attempts > 0 && lastError === null && nextAttemptAt <= context.now;
    const drop = (page: Page): Page => (isDropped(page) ? { ...page, state: "delivered" } : page);
    return decideAsProduction(changePages(state, drop), event, context);
  };
  return { ...PRODUCTION_DESK, decide };
}

/** What is told to a provider counts as told before it was. */
function settlesOnce(): DeskParts {
  return withDecision((decision) => {
    const told = new Set(
      decision.effects.flatMap((effect) =>
        effect.kind === "settle-delivery" ? [effect.delivery.deliveryKey] : [],
      ),
    );
    const change = (one: Delivery) => (told.has(one.deliveryKey) ? { ...one, settleAt: null } : one);
    return { ...decision, state: changeDeliveries(decision.state, change) };
  });
}

/** The next question is set when the answer to the last one comes, and not before. */
function asksAfterAnswers(): DeskParts {
  const nextAt = new Map<string, number | null>();
  const decide: Decide = (state, event, context) => {
    const key = event.kind === "receipt-told" ? event.deliveryKey : null;
    const asked = key === null ? undefined : nextAt.get(key);
    const before =
      asked === undefined || asked === null
        ? state
        : changeDeliveries(state, (one) =>
            one.deliveryKey === key ? { ...one, askAt: Math.max(context.now, asked) } : one,
          );
    const decision = decideAsProduction(before, event, context);
    const waiting = new Set<string>();
    for (const effect of decision.effects)
      if (effect.kind === "ask-receipt") {
        waiting.add(effect.delivery.deliveryKey);
        nextAt.set(effect.delivery.deliveryKey, effect.delivery.askAt);
      }
    const change = (one: Delivery) => (waiting.has(one.deliveryKey) ? { ...one, askAt: null } : one);
    return { ...decision, state: changeDeliveries(decision.state, change) };
  };
  // What a life was waiting for goes with it.
  const callsOf: DeskParts["callsOf"] = (caller) => {
    nextAt.clear();
    return providerCallsOf(caller);
  };
  return { decide, callsOf };
}

/** What nobody confirmed is as good as never sent. */
function forgetsTheUnconfirmed(): DeskParts {
  return withDecision((decision) => {
    const known = decision.state.deliveries.entries().filter(([, one]) => one.isUnconfirmed !== true);
    return { ...decision, state: { ...decision.state, deliveries: recordsFrom(known) } };
  });
}

/** Who was rung is who is known to have been. */
function tellsTheEndToTheConfirmed(): DeskParts {
  return withDecision((decision) => {
    const confirm = ({ unconfirmed: _none, ...page }: Page): Page => page;
    return { ...decision, state: changePages(decision.state, confirm) };
  });
}

/** Pages go out when they are decided; they are stored afterwards. */
function performsBeforeItSaves(): DeskParts {
  let calls: DeskCalls | null = null;
  const hearing = new Map<string, Answered<PageReceipt>>();
  const nameOf = ({ channel, page }: PageSending) => `${page.key} ${page.attempts} ${channel}`;
  return {
    callsOf: (caller) => {
      calls = providerCallsOf(caller);
      return { ...calls, sendPage: (sending, answered) => void hearing.set(nameOf(sending), answered) };
    },
    decide: (...asked) => {
      const decision = decideAsProduction(...asked);
      for (const effect of decision.effects) {
        if (effect.kind !== "send-page") continue;
        const { kind: _kind, ...sent } = effect;
        const sending = { ...sent, channel: sent.page.channels[sent.page.channelIndex] ?? "" };
        calls?.sendPage(sending, (answer) => hearing.get(nameOf(sending))?.(answer));
      }
      return decision;
    },
  };
}

interface BrokenDesk {
  readonly bug: string;
  readonly parts: () => DeskParts;
  readonly kind: Channel["kind"];
  readonly breaks: RegExp;
}

/** Every planted bug, with the promise that it breaks. */
export const BROKEN_DESKS: readonly BrokenDesk[] = [
  {
    bug: "drops the unconfirmed page",
    parts: dropsTheUnconfirmed,
    kind: "slack",
    breaks: /Every ring and the end/,
  },
  { bug: "settles once", parts: settlesOnce, kind: "ntfy", breaks: /Nothing rings on/ },
  {
    bug: "forgets the unconfirmed alert",
    parts: forgetsTheUnconfirmed,
    kind: "pagerduty",
    breaks: /Nothing rings on/,
  },
  {
    bug: "tells the end to the confirmed",
    parts: tellsTheEndToTheConfirmed,
    kind: "webhook",
    breaks: /Every ring and the end/,
  },
  {
    bug: "asks after answers",
    parts: asksAfterAnswers,
    kind: "pushover",
    breaks: /took from its person is heard/,
  },
  {
    bug: "performs before it saves",
    parts: performsBeforeItSaves,
    kind: "email",
    breaks: /carries the same key/,
  },
];

/** What a provider answers is taken for "taken", and nobody is rung a second time. */
function believesEverything(): DeskParts {
  const decide: Decide = (state, event, context) => {
    const believed =
      event.kind === "page-attempted"
        ? ({
            kind: event.kind,
            key: event.key,
            channel: event.channel,
            result: "delivered",
            detail: "",
          } as const)
        : event;
    const decision = decideAsProduction(state, believed, context);
    const incidents = decision.state.incidents
      .entries()
      .map(([id, one]) => [id, one.sentCount > 0 ? { ...one, nextStep: null } : one] as const);
    return { ...decision, state: { ...decision.state, incidents: recordsFrom(incidents) } };
  };
  return { ...PRODUCTION_DESK, decide };
}

/** What people got lately is forgotten. */
function forgetsWhatItSent(): DeskParts {
  const decide: Decide = (state, ...more) =>
    decideAsProduction({ ...state, sentLately: NO_RECORDS }, ...more);
  return { ...PRODUCTION_DESK, decide };
}

/** The same of a desk that has many incidents. */
export const BROKEN_WITH_MANY = [
  { bug: "believes everything", parts: believesEverything, breaks: /Nothing is lost/ },
  {
    bug: "forgets what it sent",
    parts: forgetsWhatItSent,
    breaks: /more messages than the documented number/,
  },
] as const;

function changePages(state: DeskState, change: (page: Page) => Page): DeskState {
  return { ...state, pages: recordsFrom(state.pages.entries().map(([key, page]) => [key, change(page)])) };
}

function changeDeliveries(state: DeskState, change: (delivery: Delivery) => Delivery): DeskState {
  const deliveries = state.deliveries.entries().map(([key, one]) => [key, change(one)] as const);
  return { ...state, deliveries: recordsFrom(deliveries) };
}
