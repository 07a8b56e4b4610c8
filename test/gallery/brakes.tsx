// What is frozen and what is silenced, with the forms that begin and end both.
import { byAdmin, byRule } from "../../control-plane/src/core/words/actor.ts";
import { FLEET, hostSubject } from "../../control-plane/src/core/words/subject.ts";
import { FreezesView, FreezeView, LiftView } from "../../control-plane/src/web/brakes/freeze-view.tsx";
import type { FoundScopes } from "../../control-plane/src/web/brakes/scope-lookup.ts";
import {
  NewSilenceView,
  SilenceScopeView,
  SilencesView,
} from "../../control-plane/src/web/brakes/silence-view.tsx";
import { runbookReasons } from "../../control-plane/src/web/runbooks/runbooks.ts";
import { AGENTS_1, BOB, freezeOf, POLICY, silenceOf, WEB_1 } from "./records/known-host.ts";
import { ALICE, DAY_MS, HOUR_MS, NOW, type ShownState, ZOE } from "./shown-state.ts";

const HERMES = { ...BOB, service: "hermes" };
const AGENTS = hostSubject(AGENTS_1.hostId, AGENTS_1.name);
const WEB = hostSubject(WEB_1.hostId, WEB_1.name);
const FOUND: FoundScopes = { found: [AGENTS, BOB, HERMES, WEB], hasMore: true, hasServices: true };
const NOTHING: FoundScopes = { found: [], hasMore: false, hasServices: false };
const TOKEN = "a-token-of-the-gallery";
const shared = { frame: ALICE, people: POLICY, search: "", result: FOUND, token: TOKEN };

export const states: readonly ShownState[] = [
  { name: "freeze-none", view: <FreezesView {...shared} freezes={[]} fleetToken={TOKEN} /> },
  {
    name: "freeze-two",
    view: (
      <FreezesView
        {...shared}
        freezes={[
          freezeOf(),
          freezeOf({
            scope: WEB,
            at: NOW - HOUR_MS,
            by: byRule("self-inflicted"),
            why: "nginx on web-1 fails since automation restarted it",
          }),
        ]}
        fleetToken={TOKEN}
      />
    ),
  },
  {
    name: "freeze-fleet",
    view: (
      <FreezesView
        {...shared}
        result={NOTHING}
        search="no-such-host"
        freezes={[freezeOf(), freezeOf({ scope: FLEET, by: byAdmin("deploy"), why: "x".repeat(300) })]}
        fleetToken={null}
      />
    ),
  },
  { name: "freeze-form", view: <FreezeView {...shared} scope={BOB} /> },
  { name: "freeze-lift", view: <LiftView {...shared} freeze={freezeOf()} /> },
  {
    name: "freeze-lift-fleet",
    view: (
      <LiftView
        {...shared}
        freeze={freezeOf({
          scope: FLEET,
          by: byRule("fleet-silent"),
          why: "9 of 14 hosts fell silent together",
        })}
      />
    ),
  },
  { name: "silence-none", view: <SilencesView {...shared} silences={[]} /> },
  {
    name: "silence-list",
    view: (
      <SilencesView
        {...shared}
        silences={[
          { silence: silenceOf(), host: "agents-1", token: TOKEN },
          {
            silence: silenceOf({
              silenceId: "sil_2",
              matcher: { hostId: null, service: null, reason: "host-silent" },
              startsAt: NOW + DAY_MS,
              endsAt: NOW + DAY_MS + 2 * HOUR_MS,
              why: "network work of the provider",
            }),
            host: null,
            token: TOKEN,
          },
          {
            silence: silenceOf({
              silenceId: "sil_3",
              matcher: {
                hostId: null,
                service: null,
                reason: null,
                subject: { kind: "provider", shard: "shard-0", name: "anthropic" },
              },
              endsAt: NOW + 29 * DAY_MS,
              why: "",
            }),
            host: null,
            token: TOKEN,
          },
        ]}
      />
    ),
  },
  { name: "silence-what", view: <SilenceScopeView {...shared} /> },
  {
    name: "silence-form",
    view: (
      <NewSilenceView {...shared} scope={BOB} reasons={runbookReasons()} reason="check-failing" service="" />
    ),
  },
  {
    name: "silence-form-any",
    view: <NewSilenceView {...shared} scope={FLEET} reasons={runbookReasons()} reason="" service="" />,
  },
  {
    name: "freeze-look",
    view: (
      <FreezesView
        {...shared}
        frame={ZOE}
        freezes={[freezeOf()]}
        fleetToken={TOKEN}
        whoMay={["Alice", "Omar"]}
      />
    ),
  },
  {
    name: "freeze-lift-look",
    view: <LiftView {...shared} frame={ZOE} freeze={freezeOf()} whoMay={["Alice"]} />,
  },
];
