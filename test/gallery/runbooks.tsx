// The runbooks: their list with and without something open, one that knows what it is about, one with tables, the words; and
// rules on trial.
import type { ShadowFinding } from "../../control-plane/src/core/desk/records/shadow-finding.ts";
import { byPerson } from "../../control-plane/src/core/words/actor.ts";
import { ShadowView } from "../../control-plane/src/web/policy/shadow-view.tsx";
import { GlossaryView } from "../../control-plane/src/web/runbooks/glossary-view.tsx";
import { knownOf } from "../../control-plane/src/web/runbooks/placeholders.ts";
import {
  type OpenIncident,
  RunbookListView,
  RunbookView,
} from "../../control-plane/src/web/runbooks/runbook-view.tsx";
import { runbookOf } from "../../control-plane/src/web/runbooks/runbooks.ts";
import { ALICE, DAY_MS, HOUR_MS, MINUTE_MS, NOW, SECOND_MS, type ShownState } from "./shown-state.ts";

const NGINX = { kind: "service", hostId: "host_web1", hostName: "web-1", service: "nginx" } as const;

function open(incidentId: string, reason: OpenIncident["reason"], title: string): OpenIncident {
  return { incidentId, reason, state: "open", title, openedAt: NOW - 31 * SECOND_MS };
}

const OPEN = [
  open("inc_nginx", "check-failing", "nginx on web-1 is down"),
  open("inc_hermes", "no-progress", "hermes on agents-1 gets nothing done"),
];

function runbook(reason: OpenIncident["reason"], some: readonly OpenIncident[] = []) {
  const isOne = some.length === 1;
  return (
    <RunbookView
      frame={ALICE}
      reason={reason}
      markdown={runbookOf(reason) ?? ""}
      open={some}
      known={knownOf(isOne ? NGINX : null, isOne ? "nginx.service" : null)}
    />
  );
}

function finding(title: string, change: Partial<ShadowFinding> = {}): ShadowFinding {
  return {
    findingId: `stale-code:${title}:${NOW}`,
    signal: {
      key: "shard-0:9",
      kind: "firing",
      happenedAt: NOW - HOUR_MS,
      noticedAt: NOW - HOUR_MS,
      subject: NGINX,
      reason: "stale-code",
      severity: "warning",
      proposalRequestId: null,
      restarts: null,
      title,
      evidence: [{ at: NOW - HOUR_MS, text: "started 02:10, its file is of 02:55" }],
    },
    wouldPropose: "restart",
    firedAt: NOW - HOUR_MS,
    endedAt: null,
    falseAlarmBy: null,
    ...change,
  };
}

const COUNTS = (["stale-code", "no-progress"] as const).map((reason, index) => ({
  reason,
  sinceAt: NOW - 14 * DAY_MS,
  wouldHavePaged: 4 - index * 4,
  wouldHaveActed: 1,
  falseAlarms: 2 - index * 2,
}));

const TOKEN = "a-token-of-the-gallery";

function shadow(change: Partial<Parameters<typeof ShadowView>[0]> = {}) {
  const findings = [
    finding("nginx on web-1 runs old code"),
    finding("hermes on agents-1 runs old code", { endedAt: NOW - MINUTE_MS, falseAlarmBy: byPerson("omar") }),
  ].map((each) => ({ finding: each, token: TOKEN }));
  return (
    <ShadowView
      frame={ALICE}
      counts={COUNTS}
      findings={findings}
      findingsCount={52}
      isWholePolicy={false}
      version={7}
      promoteTokens={new Map([["stale-code", TOKEN]])}
      {...change}
    />
  );
}

export const states: readonly ShownState[] = [
  { name: "runbooks", path: "/runbooks", view: <RunbookListView frame={ALICE} open={[]} /> },
  { name: "runbooks-open", path: "/runbooks", view: <RunbookListView frame={ALICE} open={OPEN} /> },
  { name: "runbooks-words", path: "/runbooks/words", view: <GlossaryView frame={ALICE} /> },
  {
    name: "runbook-of-one",
    path: "/runbooks/check-failing",
    view: runbook("check-failing", OPEN.slice(0, 1)),
  },
  {
    name: "runbook-of-many",
    path: "/runbooks/check-failing",
    view: runbook(
      "check-failing",
      Array.from({ length: 40 }, (_, index) =>
        open(`inc_${index}`, "check-failing", `nginx on web-${index} is down`),
      ),
    ),
  },
  // with tables, with long lines, long itself
  ...(["host-silent", "config-thrash", "remediation-stuck"] as const).map((reason): ShownState => ({
    name: `runbook-${reason}`,
    path: `/runbooks/${reason}`,
    view: runbook(reason),
  })),
  { name: "trial", path: "/shadow", view: shadow() },
  { name: "trial-all", path: "/shadow", view: shadow({ isWholePolicy: true, promoteTokens: new Map() }) },
  { name: "trial-empty", path: "/shadow", view: shadow({ counts: [], findings: [], findingsCount: 0 }) },
];
