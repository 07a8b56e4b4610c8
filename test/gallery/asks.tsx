// Asking a host: choosing one, choosing an act, and what came of what was asked.
import type { Ask, AskAnswer } from "../../control-plane/src/core/desk/records/ask.ts";
import { byPerson } from "../../control-plane/src/core/words/actor.ts";
import { hostSubject } from "../../control-plane/src/core/words/subject.ts";
import {
  AskedView,
  AskView,
  type AskViewProps,
  ChooseHostView,
} from "../../control-plane/src/web/asks/ask-view.tsx";
import { NGINX, WEB_1 } from "./records/approval-night.tsx";
import { ALICE, HOUR_MS, MINUTE_MS, NOW, SECOND_MS, type ShownState } from "./shown-state.ts";

const HOST = { hostId: WEB_1, name: "web-1" };
const LONG_HOST = {
  hostId: `host_${"8".repeat(32)}`,
  name: "ingest-worker-canary-eu-central-1b-0017.internal.example.org",
};

const RESTART = { action: "restart", level: 4 };
const FORMS: AskViewProps["forms"] = [
  {
    entry: {
      service: "nginx",
      title: "Web server",
      unit: "nginx.service",
      actions: [{ action: "reload", level: 2 }, RESTART, { action: "fallback-page", level: 5 }],
    },
    token: "a-token",
  },
  {
    entry: { service: "certs", title: "certs", unit: null, actions: [{ action: "retry", level: 2 }] },
    token: "a-token",
  },
];
const LONG_FORMS: AskViewProps["forms"] = [
  {
    entry: {
      service: "session-token-refresher-for-the-assistants-of-the-night-shift",
      title: "Refreshes the tokens of all sessions \u202Eof the night shift",
      unit: null,
      actions: [{ action: "clear-the-cache-and-warm-it-again-with-all-of-it", level: 3 }],
    },
    token: "a-token",
  },
];

function asking(name: string, given: Partial<AskViewProps> = {}): ShownState {
  const props: AskViewProps = {
    frame: ALICE,
    host: HOST,
    liveness: "up",
    cannotRun: null,
    forms: FORMS,
    chosen: { incidentId: "inc_nginx", service: "nginx", action: "restart", why: "" },
    hasAsked: false,
    ...given,
  };
  return { name: `ask-${name}`, path: `/ask/${WEB_1}`, view: <AskView {...props} /> };
}

const FREEZE = { scope: hostSubject(WEB_1, "web-1"), by: byPerson("dana"), at: NOW - HOUR_MS, why: "moving" };

function askOf(answer: AskAnswer | null, agoMs: number, why = "the certificate is new"): Ask {
  return {
    requestId: `prq_${agoMs}`,
    incidentId: "inc_nginx",
    subject: NGINX,
    action: "restart",
    why,
    by: byPerson("alice"),
    askedAt: NOW - agoMs,
    answer,
  };
}

function asked(name: string, asks: readonly Ask[], isWaiting = false): ShownState {
  const view = <AskedView frame={ALICE} host={HOST} asks={asks} isWaiting={isWaiting} />;
  return { name: `ask-${name}`, path: `/ask/${WEB_1}/asked`, view };
}

const REFUSED: AskAnswer = {
  kind: "refused",
  refusal: { reason: "host-refused", code: "budget-exhausted", detail: "6 restarts within the hour\u200B" },
};

export const states: readonly ShownState[] = [
  {
    name: "ask-choose-host",
    path: "/ask",
    view: <ChooseHostView frame={ALICE} incidentId="inc_wide" search="" hosts={[HOST, LONG_HOST]} hasMore />,
  },
  {
    name: "ask-choose-no-host",
    path: "/ask",
    view: <ChooseHostView frame={ALICE} incidentId="inc_wide" search="mail" hosts={[]} hasMore={false} />,
  },
  asking("act"),
  asking("act-without-incident", {
    hasAsked: true,
    chosen: { incidentId: "", service: null, action: null, why: "" },
  }),
  asking("act-long", {
    host: LONG_HOST,
    forms: LONG_FORMS,
    chosen: { incidentId: "", service: null, action: null, why: "" },
  }),
  asking("act-frozen", { cannotRun: { reason: "frozen", freeze: FREEZE } }),
  asking("act-late", { liveness: "late" }),
  asking("act-shard-silent", { liveness: null, forms: [] }),
  asked("waiting", [askOf(null, 2 * SECOND_MS)], true),
  asked("proposed", [
    askOf({ kind: "proposed", approvalId: "apr_nginx" }, 5 * SECOND_MS),
    askOf(REFUSED, 20 * MINUTE_MS),
  ]),
  asked("refused", [askOf(REFUSED, 5 * SECOND_MS)]),
  asked("frozen-meanwhile", [askOf({ kind: "dropped", why: "frozen" }, 5 * SECOND_MS)]),
  asked("no-answer", [askOf(null, 3 * MINUTE_MS)]),
  asked("nothing", []),
];
