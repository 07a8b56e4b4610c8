// Rule `credential-rejected`: a credential was rejected k times and was not accepted in between, at any pace: a job that runs once a day needs
// its key too. Pure. Rejections older than `window` count no more, which is as long as facts reach back where no policy says less.
// Once it fires it stays so until the credential is accepted: a service that has ceased to try has not been cured.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import { nameOf } from "../../words/subject.ts";
import { alikeIn, type Named, namedIn, namesInWords, withNamed } from "../named-list.ts";
import { CREDENTIALS_MAX } from "./credential-expiring.ts";
import { type FactRule, type Finding, type Judgement, QUIET, type RuleScene } from "./rule.ts";

interface Rejections extends Named {
  /** oldest first, at most as many as it takes */
  readonly at: readonly number[];
  readonly detail: string;
  /** since when it counts as rejected; null: too few yet */
  readonly sinceAt: number | null;
}

type Rejected = readonly Rejections[];

const NONE_REJECTED: Rejected = [];
/** Rejections remembered for one credential; a policy that asks for more gets this many. */
export const REJECTIONS_KEPT_MAX = 100;

function absorb(rejected: Rejected, fact: Fact, { policy }: RuleScene): Rejected {
  if (fact.kind !== "credential-use") return rejected;
  const before = namedIn(rejected, fact.credential);
  if (fact.isAccepted) return before === undefined ? rejected : accept(rejected, before, fact.at);
  if (before !== undefined && before.sinceAt !== null) return rejected;
  const { rejectionsMin, window } = policy.rules["credential-rejected"];
  const countMin = Math.min(rejectionsMin, REJECTIONS_KEPT_MAX);
  const at = [...(before?.at ?? []).filter((earlier) => earlier > fact.at - window), fact.at].slice(
    -countMin,
  );
  const entry: Rejections = {
    name: fact.credential,
    at,
    detail: fact.detail,
    sinceAt: at.length >= countMin ? (at[0] ?? fact.at) : null,
  };
  return withNamed(rejected, entry, CREDENTIALS_MAX);
}

// A session that ended well tells that it was accepted when it began: what was rejected since then is not in between.
function accept(rejected: Rejected, before: Rejections, acceptedAt: number): Rejected {
  const later = before.at.filter((at) => at > acceptedAt);
  if (later.length === before.at.length) return rejected;
  if (before.sinceAt !== null || later.length === 0) return without(rejected, before);
  return withNamed(rejected, { ...before, at: later }, CREDENTIALS_MAX);
}

function judge(rejected: Rejected, scene: RuleScene): Judgement {
  const firing = rejected.filter(({ sinceAt }) => sinceAt !== null);
  return firing.length === 0 ? QUIET : { finding: findingOf(firing, scene), nextAt: null };
}

// Too few rejections age: those that have left the window are forgotten with their credential.
function prune(rejected: Rejected, { now, policy }: RuleScene): Rejected {
  const { window } = policy.rules["credential-rejected"];
  const kept = rejected.filter(
    ({ at, sinceAt }) => sinceAt !== null || at.some((instant) => instant > now - window),
  );
  if (kept.length === rejected.length) return rejected;
  return kept.length === 0 ? NONE_REJECTED : kept;
}

function findingOf(firing: Rejected, { subject }: RuleScene): Finding {
  return {
    severity: "critical",
    ...alikeIn(firing),
    title: `Credentials of ${nameOf(subject)} are rejected: ${namesInWords(firing)}`,
    evidence: firing.slice(-10).map(({ name, at, detail }) => ({
      at: at.at(-1) ?? 0,
      text: `${name} was rejected ${timesInWords(at)} and not accepted in between or since${detail === "" ? "" : `: ${detail}`}`,
    })),
    happenedAt: Math.min(...firing.map(({ sinceAt }) => sinceAt ?? Infinity)),
    isRestartPointless: true,
    failureClass: "auth",
    freezes: false,
  };
}

function timesInWords(at: readonly number[]): string {
  const spanMs = (at.at(-1) ?? 0) - (at[0] ?? 0);
  return spanMs < 1_000 ? `${at.length}×` : `${at.length}× within ${formatDuration(spanMs)}`;
}

function without(rejected: Rejected, entry: Rejections): Rejected {
  const kept = rejected.filter((other) => other !== entry);
  return kept.length === 0 ? NONE_REJECTED : kept;
}

export const credentialRejected: FactRule<Rejected> = {
  reason: "credential-rejected",
  scope: "service",
  kinds: ["credential-use"],
  initial: NONE_REJECTED,
  absorb,
  judge,
  prune,
};
