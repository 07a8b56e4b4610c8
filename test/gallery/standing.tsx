// Yes in advance: what holds, what was used of it, what is over and why; and giving one, also as who may not is shown it.
import { standingHashOf, type StandingContent } from "@countersign/shared/wire/standing";
import type { StandingUse } from "../../control-plane/src/core/desk/approvals/standing-uses.ts";
import { BY_DESK, byPerson } from "../../control-plane/src/core/words/actor.ts";
import { hostSubject } from "../../control-plane/src/core/words/subject.ts";
import type { FoundScopes } from "../../control-plane/src/web/brakes/scope-lookup.ts";
import { ownPasskeys } from "../../control-plane/src/web/signing/own-passkeys.ts";
import {
  ComposeStandingView,
  ReviewStandingView,
  StandingScopeView,
} from "../../control-plane/src/web/standing/give-standing-view.tsx";
import type { OverStanding } from "../../control-plane/src/web/standing/standing-cards.tsx";
import { StandingView } from "../../control-plane/src/web/standing/standing-view.tsx";
import { PARTY, trustOf } from "./passkeys.tsx";
import { AGENTS_1, BOB, POLICY, standingOf, WEB_1 } from "./records/known-host.ts";
import { ALICE, DAY_MS, HOUR_MS, NOW, type ShownState, ZOE } from "./shown-state.ts";

const HERMES = { ...BOB, service: "hermes" };
const AGENTS = hostSubject(AGENTS_1.hostId, AGENTS_1.name);
const WEB = hostSubject(WEB_1.hostId, WEB_1.name);
const FOUND: FoundScopes = { found: [AGENTS, BOB, HERMES, WEB], hasMore: true, hasServices: true };
const TOKEN = "a-token-of-the-gallery";
const shared = { frame: ALICE, people: POLICY, search: "", result: FOUND, token: TOKEN };

const CONTENT: StandingContent = {
  version: 2,
  nonce: "AAAAAAAAAAAAAAAAAAAAAA",
  hostId: AGENTS_1.hostId,
  service: "hermes",
  action: "restart",
  usesMax: 3,
  givenAt: NOW,
  untilAt: NOW + 12 * HOUR_MS,
  givenBy: "alice",
  why: "it leaks until Monday's release",
};
const TEXT = JSON.stringify(CONTENT);
const OWN = ownPasskeys({ trust: trustOf(), where: { kind: "here", party: PARTY } }, "alice");

function useOf(changes: Partial<StandingUse>): StandingUse {
  return {
    standingId: "std_1",
    approvalId: "apr_1",
    incidentId: "inc_1",
    usedAt: NOW - 2 * HOUR_MS,
    state: "verified",
    end: null,
    ...changes,
  };
}

const THREE_USES: readonly StandingUse[] = [
  useOf({ state: "failed", end: { reason: "ineffective" } }),
  useOf({ approvalId: "apr_2", usedAt: NOW - 3 * HOUR_MS }),
  useOf({ approvalId: "apr_3", usedAt: NOW - 4 * HOUR_MS }),
];

const OVER: readonly OverStanding[] = [
  {
    standing: standingOf({ standingId: "std_8", usesCount: 1 }),
    endedAt: NOW - 2 * HOUR_MS,
    ended: { act: "standing-revoked", by: byPerson("omar") },
    uses: [useOf({ standingId: "std_8" })],
  },
  {
    standing: standingOf({ standingId: "std_7", usesCount: 3, untilAt: NOW - DAY_MS }),
    endedAt: NOW - DAY_MS,
    ended: { act: "standing-expired", by: BY_DESK },
    uses: [],
  },
  {
    standing: standingOf({ standingId: "std_6", usesCount: 0, untilAt: NOW + DAY_MS }),
    endedAt: NOW - 2 * DAY_MS,
    ended: { act: "standing-passkey-left", by: BY_DESK },
    uses: [],
  },
];

export const states: readonly ShownState[] = [
  { name: "standing-none", view: <StandingView {...shared} all={[]} over={[]} /> },
  {
    name: "standing-one",
    view: (
      <StandingView
        {...shared}
        all={[{ standing: standingOf(), token: TOKEN, uses: [useOf({ state: "verified" })] }]}
        over={[]}
      />
    ),
  },
  {
    name: "standing-used-up",
    view: (
      <StandingView
        {...shared}
        over={OVER}
        all={[
          { standing: standingOf({ usesCount: 3 }), token: TOKEN, uses: THREE_USES },
          { standing: standingOf({ standingId: "std_2", subject: BOB, why: "" }), token: TOKEN, uses: [] },
        ]}
      />
    ),
  },
  {
    name: "standing-which",
    view: <StandingScopeView {...shared} result={{ ...FOUND, found: [BOB, HERMES] }} />,
  },
  {
    name: "standing-compose",
    view: <ComposeStandingView {...shared} scope={HERMES} actions={["reset-session", "restart"]} />,
  },
  {
    name: "standing-compose-proposed",
    view: (
      <ComposeStandingView
        {...shared}
        scope={HERMES}
        actions={["reset-session", "restart"]}
        action="restart"
      />
    ),
  },
  {
    name: "standing-compose-always-asked",
    view: <ComposeStandingView {...shared} scope={HERMES} actions={["restart"]} action="fallback-config" />,
  },
  {
    name: "standing-look",
    view: (
      <StandingView
        {...shared}
        frame={ZOE}
        over={OVER.slice(0, 1)}
        all={[{ standing: standingOf(), token: TOKEN, uses: [useOf({ state: "executing" })] }]}
      />
    ),
  },
  {
    name: "standing-compose-look",
    view: (
      <ComposeStandingView
        {...shared}
        frame={ZOE}
        scope={HERMES}
        actions={["restart"]}
        whoMay={["Alice", "Omar"]}
      />
    ),
  },
  {
    name: "standing-review-look",
    view: (
      <ReviewStandingView
        {...shared}
        frame={ZOE}
        content={{ ...CONTENT, givenBy: "zoe" }}
        hostName={AGENTS_1.name}
        text={TEXT}
        hash={standingHashOf(TEXT)}
        own={{ kind: "no-passkey" }}
        path="/standing/review/x"
        whoMay={["Alice", "Omar"]}
      />
    ),
  },
  { name: "standing-compose-none", view: <ComposeStandingView {...shared} scope={HERMES} actions={[]} /> },
  {
    name: "standing-review",
    view: (
      <ReviewStandingView
        {...shared}
        content={CONTENT}
        hostName={AGENTS_1.name}
        text={TEXT}
        hash={standingHashOf(TEXT)}
        own={OWN}
        path="/standing/review/x"
      />
    ),
  },
  {
    name: "standing-review-no-passkey",
    view: (
      <ReviewStandingView
        {...shared}
        content={CONTENT}
        hostName={AGENTS_1.name}
        text={TEXT}
        hash={standingHashOf(TEXT)}
        own={{ kind: "no-passkey" }}
        path="/standing/review/x"
      />
    ),
  },
];
