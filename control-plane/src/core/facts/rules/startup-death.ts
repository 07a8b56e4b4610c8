// Rule `startup-death`: k sessions end within `lifetime` of their start with the same class (a 401 is `auth`), and none in
// between ended well, lived longer, or has lived up to now. Pure. In the night of seed 002 it would have paged at the third
// of 936 dead sessions. A dead session of another class neither counts for a row nor breaks it: two causes may strike in
// turn. What `auth` began is over as well when the credential is accepted again, by whatever asks with it.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import type { FailureClass } from "@countersign/shared/wire/failure-class";
import { nameOf } from "../../words/subject.ts";
import { followRuns, livedAt, RUN_KINDS, type Runs, runsIn } from "../lived-run.ts";
import { type Named, namedIn, withNamed } from "../named-list.ts";
import { type FactRule, type Finding, type Judgement, QUIET, type RuleScene } from "../rule.ts";
import { CREDENTIALS_MAX } from "./credential-expiring.ts";

/** Dead sessions of one class in a row; `name` is the class. */
interface DeathRow extends Named {
  readonly name: FailureClass;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly detail: string;
  /** credentials that were rejected since the first, and not accepted again; absent: none is known by its name */
  readonly rejected?: readonly string[];
}

interface Deaths {
  readonly rows: readonly DeathRow[];
  readonly runs: Runs;
}

type Slice = Deaths | null;

/** One row for each class there is. */
const CLASSES_MAX = 9;

/** A session that died at its start counts for its class; one that ended well or lived longer ends every row. */
function absorb(before: Slice, fact: Fact, scene: RuleScene): Slice {
  if (fact.kind === "session") return withSession(before, fact, scene);
  if (before === null) return before;
  if (fact.kind === "credential-use") return withUse(before, fact);
  const runs = followRuns(before.runs, fact);
  return runs === before.runs ? before : { ...before, runs };
}

function withSession(before: Slice, session: Extract<Fact, { kind: "session" }>, scene: RuleScene): Slice {
  const { lifetime } = scene.policy.rules["startup-death"];
  if (session.class === null || session.at - session.startedAt > lifetime) return null;
  const known = before === null ? undefined : namedIn(before.rows, session.class);
  const row: DeathRow = {
    ...known,
    name: session.class,
    count: (known?.count ?? 0) + 1,
    firstAt: known?.firstAt ?? session.at,
    lastAt: session.at,
    detail: session.detail,
  };
  const runs = before === null ? runsIn(scene) : followRuns(before.runs, session);
  return { rows: withNamed(before?.rows ?? [], row, CLASSES_MAX), runs };
}

// Another credential of the service may be as good as ever: where it is known which one was rejected, that one must be
// accepted.
function withUse(before: Deaths, use: Extract<Fact, { kind: "credential-use" }>): Slice {
  const row = namedIn(before.rows, "auth");
  if (row === undefined) return before;
  const { rejected = [] } = row;
  const others = rejected.filter((name) => name !== use.credential);
  if (!use.isAccepted)
    return withRow(before, { ...row, rejected: [...others, use.credential].slice(-CREDENTIALS_MAX) });
  if (use.at < row.lastAt || (rejected.length > 0 && others.length === rejected.length)) return before;
  return others.length > 0 ? withRow(before, { ...row, rejected: others }) : withoutRow(before, row);
}

function withRow(before: Deaths, row: DeathRow): Deaths {
  return { ...before, rows: before.rows.map((other) => (other.name === row.name ? row : other)) };
}

function withoutRow(before: Deaths, row: DeathRow): Slice {
  const rows = before.rows.filter((other) => other !== row);
  return rows.length === 0 ? null : { ...before, rows };
}

function judge(deaths: Slice, scene: RuleScene): Judgement {
  if (deaths === null) return QUIET;
  const { sessionsMin } = scene.policy.rules["startup-death"];
  const nextAt = overAt(deaths, scene);
  // The row that began first is named, so that the page's title stays the same while two classes take turns.
  const [row] = deaths.rows
    .filter(({ count }) => count >= sessionsMin)
    .toSorted((left, right) => left.firstAt - right.firstAt);
  return { finding: row === undefined ? null : findingOf(row, scene), nextAt };
}

/** When a run that began after the last death will have lived; null: none runs. */
function overAt({ rows, runs }: Deaths, scene: RuleScene): number | null {
  const fromAt = rows.reduce((latest, { lastAt }) => Math.max(latest, lastAt), 0);
  return livedAt(runs, { fromAt, lifetimeMs: scene.policy.rules["startup-death"].lifetime }, scene);
}

function prune(deaths: Slice, scene: RuleScene): Slice {
  const endsAt = deaths === null ? null : overAt(deaths, scene);
  return endsAt !== null && scene.now >= endsAt ? null : deaths;
}

function findingOf(row: DeathRow, { subject, policy }: RuleScene): Finding {
  const lifetime = formatDuration(policy.rules["startup-death"].lifetime);
  const isAuth = row.name === "auth";
  const detail = row.detail === "" ? "no more is known" : row.detail;
  return {
    severity: isAuth ? "critical" : "error",
    title: `Sessions of ${nameOf(subject)} die at their start: ${row.name}`,
    evidence: [
      { at: row.firstAt, text: `the first of ${row.count} sessions ended within ${lifetime}: ${row.name}` },
      { at: row.lastAt, text: `the last one: ${detail}` },
    ],
    happenedAt: row.firstAt,
    isRestartPointless: isAuth || row.name === "memory",
    failureClass: row.name,
    freezes: false,
  };
}

/** Deaths beyond this add nothing that must not be lost. */
const DEATHS_KEPT_MAX = 10;

export const startupDeath: FactRule<Slice> = {
  reason: "startup-death",
  scope: "service",
  kinds: ["session", "credential-use", ...RUN_KINDS],
  initial: null,
  absorb,
  judge,
  prune,
  learned: {
    keeps: (deaths) =>
      deaths === null
        ? null
        : {
            runs: deaths.runs,
            rows: deaths.rows.map(({ name, count, rejected }) => [
              name,
              Math.min(count, DEATHS_KEPT_MAX),
              rejected,
            ]),
          },
    resume: (deaths) => deaths,
  },
};
