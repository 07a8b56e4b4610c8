// Rule `credential-rejected`: a credential was rejected k times and was not accepted in between, at any pace: a job that
// runs once a day needs its key too. Pure. Rejections older than `window` count no more, which is as long as facts reach
// back where no policy says less. Once it fires it stays so until the credential is accepted, later than all but a few of
// its rejections: a service that has ceased to try has not been cured, and neither has one that was accepted in between.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import { nameOf } from "../../words/subject.ts";
import { alikeIn, type Named, namedIn, namesInWords, withNamed } from "../named-list.ts";
import { type FactRule, type Finding, type Judgement, QUIET, type RuleScene } from "../rule.ts";
import { CREDENTIALS_MAX } from "./credential-expiring.ts";

/** Those that made it fire, which is all that is told of it: later ones make no other page. */
interface Told {
  readonly sinceAt: number;
  readonly lastAt: number;
  readonly count: number;
}

interface Rejections extends Named {
  /** the newest, oldest first, at most as many as it takes */
  readonly at: readonly number[];
  readonly detail: string;
  /** null: too few yet */
  readonly told: Told | null;
}

type Firing = Rejections & { readonly told: Told };
type Rejected = readonly Rejections[];
type Use = Extract<Fact, { kind: "credential-use" }>;

const NONE_REJECTED: Rejected = [];
/** Rejections remembered for one credential; a policy that asks for more gets this many. */
export const REJECTIONS_KEPT_MAX = 100;

function absorb(rejected: Rejected, fact: Fact, scene: RuleScene): Rejected {
  if (fact.kind !== "credential-use") return rejected;
  const before = namedIn(rejected, fact.credential);
  if (!fact.isAccepted) return reject(rejected, fact, scene);
  return before === undefined ? rejected : accept(rejected, before, { acceptedAt: fact.at, scene });
}

function reject(
  rejected: Rejected,
  { at: newAt, credential: name, detail }: Use,
  scene: RuleScene,
): Rejected {
  const { window } = scene.policy.rules["credential-rejected"];
  const before = namedIn(rejected, name);
  const young = (before?.at ?? []).filter((at) => isFiring(before) || at > newAt - window);
  const at = [...young, newAt].toSorted((left, right) => left - right).slice(-countMinOf(scene));
  // It keeps its place: the order in which several are named is no news.
  if (before !== undefined && isFiring(before)) return replaced(rejected, before, { ...before, at });
  return withNamed(rejected, withTold({ name, at, detail }, scene), CREDENTIALS_MAX);
}

// A session that ended well tells that it was accepted when it began: what was rejected since then is not in between, and
// may be enough by itself.
function accept(
  rejected: Rejected,
  before: Rejections,
  { acceptedAt, scene }: { readonly acceptedAt: number; readonly scene: RuleScene },
): Rejected {
  const at = before.at.filter((instant) => instant > acceptedAt);
  if (at.length === 0) return without(rejected, before);
  if (acceptedAt < (before.told?.sinceAt ?? before.at[0] ?? 0)) return rejected;
  return replaced(rejected, before, withTold({ ...before, at }, scene));
}

function withTold(entry: Omit<Rejections, "told">, scene: RuleScene): Rejections {
  const { at } = entry;
  const [sinceAt = 0] = at;
  const told = { sinceAt, lastAt: at.at(-1) ?? sinceAt, count: at.length };
  return { ...entry, told: at.length < countMinOf(scene) ? null : told };
}

function countMinOf({ policy }: RuleScene): number {
  return Math.min(policy.rules["credential-rejected"].rejectionsMin, REJECTIONS_KEPT_MAX);
}

function isFiring(entry: Rejections | undefined): entry is Firing {
  return entry !== undefined && entry.told !== null;
}

function judge(rejected: Rejected, scene: RuleScene): Judgement {
  const firing = rejected.filter(isFiring);
  return firing.length === 0 ? QUIET : { finding: findingOf(firing, scene), nextAt: null };
}

// Too few rejections age: those that have left the window are forgotten with their credential.
function prune(rejected: Rejected, { now, policy }: RuleScene): Rejected {
  const { window } = policy.rules["credential-rejected"];
  const kept = rejected.filter(
    (entry) => isFiring(entry) || entry.at.some((instant) => instant > now - window),
  );
  if (kept.length === rejected.length) return rejected;
  return kept.length === 0 ? NONE_REJECTED : kept;
}

function findingOf(firing: readonly Firing[], { subject }: RuleScene): Finding {
  return {
    severity: "critical",
    ...alikeIn(firing),
    title: `Credentials of ${nameOf(subject)} are rejected: ${namesInWords(firing)}`,
    evidence: firing.slice(-10).map(({ name, told, detail }) => ({
      at: told.lastAt,
      text: `${name} was rejected ${timesInWords(told)} and not accepted in between or since${detail === "" ? "" : `: ${detail}`}`,
    })),
    happenedAt: Math.min(...firing.map(({ told }) => told.sinceAt)),
    isRestartPointless: true,
    failureClass: "auth",
    freezes: false,
  };
}

function timesInWords({ count, lastAt, sinceAt }: Told): string {
  const spanMs = lastAt - sinceAt;
  return spanMs < 1_000 ? `${count}×` : `${count}× within ${formatDuration(spanMs)}`;
}

function replaced(rejected: Rejected, entry: Rejections, by: Rejections): Rejected {
  return rejected.map((other) => (other === entry ? by : other));
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
  // Rejections come by hundreds; where the newest are lost, they are counted anew from those that are known.
  learned: {
    keeps: (rejected) => rejected.map((entry) => (isFiring(entry) ? { ...entry, at: [] } : entry)),
    resume: (rejected) => rejected,
  },
};
