// The rules: those that come with the desk, a fleet's own, one that cannot be read, its text, and versions with and without
// a way back.
import { byAdmin, byPerson } from "../../control-plane/src/core/words/actor.ts";
import type { PolicyVersion } from "../../control-plane/src/platform/desk/desk-policies.ts";
import { changesInWords, policyInWords } from "../../control-plane/src/policy/in-words/policy-in-words.ts";
import { DEFAULTS } from "../../control-plane/src/policy/in-words/rule-lines.ts";
import { diffPolicies } from "../../control-plane/src/policy/policy-diff.ts";
import { parsePolicyText } from "../../control-plane/src/policy/policy-file.ts";
import type { Policy } from "../../control-plane/src/policy/policy.ts";
import { shownText } from "../../control-plane/src/policy/shown-text.ts";
import { RefusalView } from "../../control-plane/src/web/frame/refusal-view.tsx";
import { PolicyTextView } from "../../control-plane/src/web/policy/policy-text-view.tsx";
import {
  PolicyVersionView,
  type UndoShown,
} from "../../control-plane/src/web/policy/policy-version-view.tsx";
import { PolicyView } from "../../control-plane/src/web/policy/policy-view.tsx";
import { POLICY_REFUSALS } from "../../control-plane/src/web/policy/policy-words.ts";
import { ALICE, DAY_MS, NOW, type ShownState } from "./shown-state.ts";

const FLEET = `version: 1
# nights are long: Omar is woken early
channels:
  phone: { kind: ntfy, topic: k3-long-random-topic, secret: CHANNEL_NTFY_TOKEN }
  chat: { kind: webhook, url: https://chat.example.net/hooks/9f2, secret: CHANNEL_CHAT }
responders:
  - { id: alice, name: Alice, channels: [phone, chat], timeZone: Europe/Berlin }
  - { id: omar, name: Omar, channels: [chat] }
  - { id: dana, name: Dana, channels: [phone] }
escalation:
  steps:
    - { notify: [alice], after: 0s }
    - { notify: [omar, alice], after: 5m }
remediations:
  - { reason: check-failing, action: retry, unattended: true }
  - { reason: check-failing, action: restart }
rules:
  stale-code: { after: 1h, shadow: true }
  no-progress: { enabled: false }
overrides:
  - match: { hosts: [db-*], tags: [prod] }
    verify: { stability: 30m }
    restartBudget: { restartsMax: 1 }
`;
const BEFORE = FLEET.replace("after: 5m", "after: 15m").replace(", shadow: true", "");
const ALONE = `version: 1
channels: { chat: { kind: webhook, url: https://chat.example.net/hooks/9f2, secret: CHANNEL_CHAT } }
responders: [{ id: omar, name: Omar, channels: [chat] }]
escalation: { steps: [{ notify: [omar], after: 0s }] }
`;

function policyOf(text: string): Policy {
  const parsed = parsePolicyText(text);
  if (!parsed.ok) throw new Error("the gallery's policies are right");
  return parsed.value;
}

function version(number: number, change: Partial<PolicyVersion> = {}): PolicyVersion {
  return {
    version: number,
    hash: "9b1d".repeat(16),
    appliedAt: NOW - (8 - number) * 12 * DAY_MS,
    appliedBy: byPerson("omar"),
    why: "wake Omar after five minutes",
    restores: null,
    ...change,
  };
}

const HISTORY = [
  version(7),
  version(6, { why: "", appliedBy: byAdmin("dana") }),
  version(5, { why: "too quiet", restores: 3 }),
];

function shown(text: string, change: Partial<Parameters<typeof PolicyView>[0]> = {}) {
  const policy = policyOf(text);
  const different = diffPolicies(DEFAULTS, policy);
  const parts = policyInWords(policy);
  return (
    <PolicyView
      frame={ALICE}
      version={7}
      problem={null}
      history={HISTORY}
      {...{ parts, different }}
      {...change}
    />
  );
}

function versionView(from: string, to: string, undo: UndoShown | null) {
  const [before, after] = [policyOf(from), policyOf(to)];
  return (
    <PolicyVersionView
      frame={ALICE}
      version={version(7)}
      changes={diffPolicies(before, after)}
      words={changesInWords(before, after)}
      undo={undo}
      undoToken="a-token-of-the-gallery"
    />
  );
}

function undoTo(text: string, from: string, more: Partial<UndoShown> = {}): UndoShown {
  const words = changesInWords(policyOf(from), policyOf(text));
  return { restores: 6, losesAccess: [], leavesNobody: false, warnings: [], words, ...more };
}

const LONG = Array.from({ length: 40 }, (_, index) => `person-${index}-with-a-rather-long-name`);

export const states: readonly ShownState[] = [
  { name: "policy-default", path: "/policy", view: shown("version: 1", { version: 0, history: [] }) },
  { name: "policy-fleet", path: "/policy", view: shown(FLEET) },
  {
    name: "policy-warnings",
    path: "/policy",
    view: shown(FLEET, {
      frame: {
        ...ALICE,
        warnings: [
          { reason: "person-unreachable", responder: "omar" },
          { reason: "channel-broken", channel: "chat", problem: "the binding CHANNEL_CHAT is not set" },
        ],
      },
    }),
  },
  {
    name: "policy-unreadable",
    path: "/policy",
    view: shown(BEFORE, { problem: "POLICY:1:10: version: expected 1, got 9" }),
  },
  {
    name: "policy-crowd",
    path: "/policy",
    view: shown(
      `version: 1\nresponders: [${LONG.map((id) => `{ id: ${id}, name: "${id} אבג \u202E", channels: [terminal] }`).join(", ")}]\nescalation: { steps: [{ notify: [${LONG.slice(0, 16).join(", ")}], after: 0s }] }\n`,
    ),
  },
  {
    name: "policy-text",
    path: "/policy/text",
    view: <PolicyTextView frame={ALICE} version={7} text={shownText(FLEET)} />,
  },
  { name: "policy-text-unreadable", view: <PolicyTextView frame={ALICE} version={7} text={null} /> },
  { name: "policy-version-newest", view: versionView(BEFORE, FLEET, undoTo(BEFORE, FLEET)) },
  {
    name: "policy-version-who-leaves",
    view: versionView(ALONE, FLEET, undoTo(ALONE, FLEET, { losesAccess: ["alice", "dana"] })),
  },
  {
    name: "policy-version-nobody-left",
    view: versionView(ALONE, FLEET, undoTo(ALONE, FLEET, { losesAccess: ["alice"], leavesNobody: true })),
  },
  { name: "policy-version-older", view: versionView(FLEET, FLEET, null) },
  {
    name: "policy-version-forgotten",
    view: (
      <PolicyVersionView
        frame={ALICE}
        version={version(3)}
        changes={null}
        words={null}
        undo={null}
        undoToken=""
      />
    ),
  },
  {
    name: "policy-refused",
    view: <RefusalView frame={ALICE} words={POLICY_REFUSALS["policy-version-mismatch"]} backPath="/policy" />,
  },
];
