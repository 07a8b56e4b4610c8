// People in their states: as on the night of the mocks, alone, with nobody who can be paged, many; test pages, one more
// device, signing in.
import type { ChannelReach, Reach, SentPage } from "../../control-plane/src/core/desk/paging/reach.ts";
import type { TestPage } from "../../control-plane/src/core/desk/records/pages/test-page.ts";
import { byPerson } from "../../control-plane/src/core/words/actor.ts";
import type { ListedSignIn } from "../../control-plane/src/platform/sign-in-shapes.ts";
import { Policy } from "../../control-plane/src/policy/policy.ts";
import { RefusalView } from "../../control-plane/src/web/frame/refusal-view.tsx";
import { DeviceView, InvitedView } from "../../control-plane/src/web/people/device-view.tsx";
import { InviteHereView } from "../../control-plane/src/web/people/invite-here-view.tsx";
import { peopleShownOf } from "../../control-plane/src/web/people/people-shown.ts";
import { PeopleView } from "../../control-plane/src/web/people/people-view.tsx";
import { SignInView } from "../../control-plane/src/web/people/sign-in-view.tsx";
import { SIGN_IN_REFUSALS } from "../../control-plane/src/web/people/sign-in-words.ts";
import { TestPageView } from "../../control-plane/src/web/people/test-page-view.tsx";
import { THREE } from "./passkeys.tsx";
import { ALICE, DAY_MS, HOUR_MS, MINUTE_MS, NOW, SECOND_MS, type ShownState } from "./shown-state.ts";

const TOKEN = `${NOW}.${"r".repeat(22)}.${"m".repeat(43)}`;
const LINK = "csi_Qx7TzR2vLm9aKd4WcYp0sHf6uJb1gEn8iVo3Xt5ZqMw";

const POLICY = Policy.parse({
  version: 1,
  channels: {
    ntfy: { kind: "ntfy", topic: "alice" },
    pushover: { kind: "pushover", user: "uQiRzpo4DXghDmr9QzzfQu27cmVRsG", secret: "CHANNEL_PUSHOVER" },
    mail: { kind: "email", from: "desk@desk.test", to: "dana@desk.test" },
  },
  responders: [
    { id: "alice", name: "Alice", channels: ["ntfy", "pushover"], timeZone: "Europe/Berlin" },
    { id: "omar", name: "Omar", channels: ["pushover"] },
    { id: "dana", name: "Dana", channels: ["mail"] },
  ],
  escalation: {
    steps: [
      { notify: ["alice"], after: "0s" },
      { notify: ["omar"], after: "5m" },
      { notify: ["dana", "omar"], after: "15m" },
    ],
  },
});

const RULES = { version: 7, appliedAt: NOW - 12 * DAY_MS, appliedBy: byPerson("omar") };

export function sent(options: Partial<SentPage> & Pick<SentPage, "at">): SentPage {
  return {
    responder: "alice",
    channel: "ntfy",
    title: "nginx on web-1 is failing",
    path: "/incidents/inc_nginx",
    deliveredAt: options.at + SECOND_MS,
    seenAt: null,
    error: null,
    ...options,
  };
}

export function way(responder: string, channel: string, more: Partial<ChannelReach>): ChannelReach {
  const kind = channel === "mail" ? "email" : channel;
  return { responder, channel, kind, state: "never-tried", last: null, ...more };
}

const SEEN_AT = NOW - 27 * SECOND_MS;
export const WAYS: readonly ChannelReach[] = [
  way("dana", "mail", {
    state: "broken",
    last: sent({ at: NOW - 5 * HOUR_MS, deliveredAt: null, error: "HTTP 550" }),
  }),
  way("alice", "pushover", {}),
  way("alice", "ntfy", {
    state: "works",
    last: sent({ at: SEEN_AT, seenAt: SEEN_AT + 17 * SECOND_MS }),
  }),
  way("omar", "pushover", {
    state: "works",
    stage: "acknowledged",
    last: sent({
      at: NOW - 2 * DAY_MS,
      deliveredAt: NOW - 2 * DAY_MS,
      seenAt: NOW - 2 * DAY_MS + 12 * SECOND_MS,
      isTest: true,
    }),
  }),
];

const ON_CALL: Reach["onCall"] = [
  { responder: "alice", name: "Alice", afterMs: 0 },
  { responder: "omar", name: "Omar", afterMs: 5 * MINUTE_MS },
  { responder: "dana", name: "Dana", afterMs: 15 * MINUTE_MS },
];

export function device(deviceName: string, responder: string, usedAt: number): ListedSignIn {
  const isThis = deviceName === "Pixel 9";
  return {
    signInId: isThis ? ALICE.signIn.signInId : `sgn_${deviceName.length}${responder}`,
    deviceName,
    responder,
    openedAt: usedAt - 3 * DAY_MS,
    expiresAt: NOW + 20 * DAY_MS,
    usedAt,
  };
}

export const DEVICES = [
  device("Pixel 9", "alice", NOW),
  device("Work laptop", "alice", NOW - 25 * HOUR_MS),
  device("Old phone", "alice", NOW - 26 * DAY_MS),
  device("iPhone", "omar", NOW - 14 * MINUTE_MS),
];

export async function shownOf(options: {
  readonly policy?: Policy;
  readonly channels?: readonly ChannelReach[];
  readonly onCall?: Reach["onCall"];
  readonly signIns?: readonly ListedSignIn[];
  readonly roles?: typeof ALICE.roles;
}) {
  const {
    channels = WAYS,
    onCall = ON_CALL,
    policy = POLICY,
    roles = ALICE.roles,
    signIns = DEVICES,
  } = options;
  return peopleShownOf({
    policy,
    publicUrl: "https://desk.countersign.test",
    rules: RULES,
    reach: { onCall, lastPage: null, lastTest: null, channels, drills: [] },
    signIns,
    reader: { ...ALICE.signIn, roles },
    approvers: THREE.trust.approvers,
    uses: [],
    tokenOf: async () => TOKEN,
    newTestId: () => "tst_AAAAAAAAAAAAAAAAAAAAAA",
  });
}

const ALONE = Policy.parse({
  version: 1,
  channels: { ntfy: { kind: "ntfy", topic: "alice" } },
  responders: [{ id: "alice", name: "Alice", channels: ["ntfy"] }],
  escalation: { steps: [{ notify: ["alice"], after: "0s" }] },
});

const TEST: TestPage = {
  testId: "tst_AAAAAAAAAAAAAAAAAAAAAA",
  responder: "alice",
  channel: "ntfy",
  by: byPerson("omar"),
  askedAt: NOW - 12 * SECOND_MS,
  deliveredAt: null,
  deliveredBy: null,
  error: null,
  isGivenUp: false,
  receipt: null,
};
const DELIVERED: TestPage = { ...TEST, deliveredAt: NOW - 10 * SECOND_MS, deliveredBy: "ntfy" };
const OMARS_VIEW = {
  ...ALICE,
  name: "Omar",
  signIn: { ...ALICE.signIn, responder: "omar", deviceName: "iPhone" },
};

function testView(test: TestPage, frame = ALICE) {
  return <TestPageView frame={frame} test={test} name="Alice" askedBy="Omar" token={TOKEN} />;
}

function refusal(reason: keyof typeof SIGN_IN_REFUSALS) {
  return (
    <RefusalView
      frame={null}
      words={SIGN_IN_REFUSALS[reason]}
      backPath="/sign-in"
      backWords="Other ways to sign in"
    />
  );
}

function signIn(options: {
  readonly wanted?: string;
  readonly problem?: string;
  readonly inApp?: { readonly app: string; readonly address: string };
}) {
  const { inApp = null, problem = null, wanted = null } = options;
  return <SignInView token={LINK} problem={problem} wanted={wanted} inApp={inApp} />;
}

const PENDING: readonly ChannelReach[] = [
  way("alice", "ntfy", {
    state: "pending",
    last: sent({ at: NOW - 4 * SECOND_MS, deliveredAt: null, isTest: true }),
  }),
  ...WAYS.filter(({ channel }) => channel !== "ntfy"),
];

const UNBOUND = "the binding CHANNEL_NTFY_TOKEN is not set";
const SILENT = { ...ALICE, warnings: [{ reason: "nobody-is-woken" as const }] };
const SHARED = {
  ...ALICE,
  warnings: [{ reason: "channel-shared" as const, channel: "chat", responders: ["alice", "omar"] }],
};
const NOBODY = {
  ...ALICE,
  warnings: [{ reason: "no-channel" as const }],
};

export const states: readonly ShownState[] = [
  {
    name: "people-share-a-channel",
    view: (
      <PeopleView
        frame={SHARED}
        shown={await shownOf({
          onCall: ON_CALL.slice(0, 1),
          channels: [way("alice", "ntfy", { last: sent({ at: NOW - HOUR_MS }) })],
          signIns: DEVICES.slice(0, 1),
        })}
      />
    ),
  },
  {
    name: "people-nobody-is-woken",
    view: (
      <PeopleView
        frame={SILENT}
        shown={await shownOf({
          policy: ALONE,
          onCall: ON_CALL.slice(0, 1),
          channels: [
            way("alice", "ntfy", {
              state: "broken",
              brokenSinceAt: NOW - 3 * HOUR_MS,
              problem: "HTTP 403: 40301 forbidden",
              last: sent({ at: NOW - MINUTE_MS, deliveredAt: null, error: "HTTP 403: 40301 forbidden" }),
            }),
          ],
          signIns: DEVICES.slice(0, 1),
        })}
      />
    ),
    path: "/people",
  },
  { name: "people-night", view: <PeopleView frame={ALICE} shown={await shownOf({})} />, path: "/people" },
  {
    name: "people-being-tried",
    view: <PeopleView frame={ALICE} shown={await shownOf({ channels: PENDING })} />,
    path: "/people",
  },
  {
    name: "people-alone",
    view: (
      <PeopleView
        frame={ALICE}
        shown={await shownOf({
          policy: ALONE,
          onCall: ON_CALL.slice(0, 1),
          channels: WAYS.filter(({ channel }) => channel === "ntfy"),
          signIns: DEVICES.slice(0, 1),
        })}
      />
    ),
    path: "/people",
  },
  {
    name: "people-nobody-can-be-paged",
    view: (
      <PeopleView
        frame={NOBODY}
        shown={await shownOf({
          channels: WAYS.map((each) => ({ ...each, state: "broken", problem: UNBOUND })),
        })}
      />
    ),
    path: "/people",
  },
  {
    name: "people-another-device",
    view: (
      <DeviceView
        frame={ALICE}
        name="Alice"
        url={`https://desk.countersign.dev/sign-in/${LINK}`}
        expiresAt={NOW + 10 * MINUTE_MS}
      />
    ),
  },
  {
    name: "people-another-device-unreachable",
    view: (
      <DeviceView
        frame={ALICE}
        name="Alice"
        url={`http://localhost:8787/sign-in/${LINK}`}
        expiresAt={NOW + 10 * MINUTE_MS}
      />
    ),
  },
  {
    name: "people-invited",
    view: (
      <InvitedView
        frame={ALICE}
        name="Dana"
        sent={{ delivery: "paged", channel: "mail", expiresAt: NOW + 15 * MINUTE_MS }}
      />
    ),
  },
  {
    name: "people-nothing-to-administer",
    view: <PeopleView frame={ALICE} shown={await shownOf({ roles: ["look", "answer"] })} />,
    path: "/people",
  },
  {
    name: "people-code-for-dana",
    view: (
      <InviteHereView
        frame={ALICE}
        name="Dana"
        url={`https://desk.countersign.dev/sign-in/${LINK}`}
        expiresAt={NOW + HOUR_MS}
        mayApprove
      />
    ),
  },
  { name: "test-page-on-its-way", view: testView({ ...TEST, channel: null, error: "ntfy: HTTP 500" }) },
  { name: "test-page-waiting", view: testView(DELIVERED) },
  {
    name: "test-page-said-and-not-reported",
    view: testView({ ...TEST, error: "ntfy: HTTP 500", receipt: { at: NOW - 2 * SECOND_MS, way: "tap" } }),
  },
  { name: "test-page-waiting-for-other", view: testView(DELIVERED, OMARS_VIEW) },
  {
    name: "test-page-seen",
    view: testView({ ...DELIVERED, receipt: { at: NOW - 2 * SECOND_MS, way: "tap" } }, OMARS_VIEW),
  },
  {
    name: "test-page-failed",
    view: testView({ ...TEST, isGivenUp: true, error: "ntfy: connection failed" }, OMARS_VIEW),
  },
  { name: "sign-in-fresh", view: signIn({}) },
  { name: "sign-in-with-target", view: signIn({ wanted: "/approvals/apr_nginx" }) },
  {
    name: "sign-in-nameless",
    view: signIn({ problem: SIGN_IN_REFUSALS["device-name-missing"][2] }),
  },
  {
    name: "sign-in-in-whatsapp",
    view: signIn({ inApp: { app: "WhatsApp", address: `https://desk.countersign.dev/sign-in/${LINK}` } }),
  },
  { name: "sign-in-expired", view: refusal("token-expired") },
  { name: "sign-in-used", view: refusal("token-used") },
];
