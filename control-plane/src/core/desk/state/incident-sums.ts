// What the findings of each incident come to: which is the gravest, how many fire, how many hosts they are about. Kept up from each change to the
// next, so that the thousandth host that joins an incident costs what the second did. Pure to whoever asks.
import { DueList } from "@countersign/shared/values/due-list";
import { type KeptUp, keptUp, type Placed } from "@countersign/shared/values/records";
import { Severity } from "@countersign/shared/wire/service-report";
import { joiningOf } from "../../words/reason-kinds.ts";
import type { PageReason } from "../../words/signal.ts";
import { hostIdIn, subjectKeyOf } from "../../words/subject.ts";
import type { Finding } from "../records/finding.ts";
import type { DeskState } from "./desk-state.ts";

/** What lies beneath is counted in `openCount` alone. */
export interface IncidentSum {
  /** not over, beneath or not */
  readonly openCount: number;
  /** not over */
  readonly ownCount: number;
  /** not over, and not cleared */
  readonly firingCount: number;
  /** the gravest that is not over, one that fires before one that has cleared, the oldest of them; null: all are over */
  readonly lead: Finding | null;
  /** the gravest severity that people know of what is not over; null: they know of nothing */
  readonly told: Severity | null;
  /** hosts, or what has no host by its own key, of which something is not over */
  readonly hostCount: number;
  /** subjects of which something is not over */
  readonly subjectCount: number;
  /** when the last of what has cleared and is not over did; null: nothing has */
  readonly clearedAt: number | null;
  /** since when there is something that fires and that people do not know as it is, graver than that (null: however grave); null: nothing is */
  newsSince(graverThan: Severity | null): number | null;
  /** the same, of reasons that are not among these */
  newsOfOthersSince(reasons: readonly PageReason[]): number | null;
}

const NOTHING: IncidentSum = {
  openCount: 0,
  ownCount: 0,
  firingCount: 0,
  lead: null,
  told: null,
  hostCount: 0,
  subjectCount: 0,
  clearedAt: null,
  newsSince: () => null,
  newsOfOthersSince: () => null,
};

const sumsOf = keptUp<Finding, Sums>(() => new Sums());

/** What the findings of an incident come to. */
export function sumOf({ findings }: Pick<DeskState, "findings">, incidentId: string): IncidentSum {
  return sumsOf(findings).get(incidentId);
}

class Sums implements KeptUp<Finding> {
  readonly #known = new Map<string, Finding>();
  readonly #sums = new Map<string, Sum>();

  changed(id: string, placed: Placed<Finding> | undefined): void {
    const before = this.#known.get(id);
    if (before !== undefined) this.#sums.get(before.incidentId)?.remove(before);
    if (placed === undefined) this.#known.delete(id);
    else this.#add(id, placed);
    if (before !== undefined && this.#sums.get(before.incidentId)?.isEmpty === true)
      this.#sums.delete(before.incidentId);
  }

  get(incidentId: string): IncidentSum {
    return this.#sums.get(incidentId) ?? NOTHING;
  }

  #add(id: string, placed: Placed<Finding>): void {
    const { incidentId } = placed.value;
    const sum = this.#sums.get(incidentId) ?? new Sum();
    this.#known.set(id, placed.value);
    this.#sums.set(incidentId, sum);
    sum.add(placed);
  }
}

class Sum implements IncidentSum {
  openCount = 0;
  ownCount = 0;
  firingCount = 0;
  #count = 0;
  /** by how grave they are, those that have cleared before those that fire */
  readonly #ranks: (Rank | undefined)[] = [];
  readonly #told: number[] = Severity.options.map(() => 0);
  /** what has cleared, the last of it first */
  #cleared: DueList | null = null;
  /** by severity: when it became news */
  readonly #news: (DueList | undefined)[] = [];
  readonly #newsByReason = new Map<PageReason, DueList>();
  readonly #hosts = new Tally();
  readonly #subjects = new Tally();

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get lead(): Finding | null {
    return this.#ranks.findLast((rank) => rank !== undefined && rank.size > 0)?.oldest() ?? null;
  }

  get clearedAt(): number | null {
    const at = this.#cleared?.earliestAt() ?? null;
    return at === null ? null : -at;
  }

  newsSince(graverThan: Severity | null): number | null {
    const from = graverThan === null ? 0 : Severity.options.indexOf(graverThan) + 1;
    return firstOf(this.#news.slice(from));
  }

  newsOfOthersSince(reasons: readonly PageReason[]): number | null {
    const others = [...this.#newsByReason].filter(([reason]) => !reasons.includes(reason));
    return firstOf(others.map(([, news]) => news));
  }

  get told(): Severity | null {
    const rank = this.#told.findLastIndex((count) => count > 0);
    return rank < 0 ? null : (Severity.options[rank] ?? null);
  }

  get hostCount(): number {
    return this.#hosts.size;
  }

  get subjectCount(): number {
    return this.#subjects.size;
  }

  add(placed: Placed<Finding>): void {
    this.#count += 1;
    const finding = placed.value;
    const rank = rankOf(finding);
    if (rank !== null) (this.#ranks[rank] ??= new Rank()).add(placed);
    if (isNews(finding)) this.#noteNews(finding, finding.newsAt);
    if (finding.endedAt === null) this.#move(finding, 1);
  }

  remove(finding: Finding): void {
    this.#count -= 1;
    const rank = rankOf(finding);
    if (rank !== null) this.#ranks[rank]?.remove(finding.findingId);
    if (isNews(finding)) this.#noteNews(finding, null);
    if (finding.endedAt === null) this.#move(finding, -1);
  }

  #noteNews({ findingId, reason, severity }: Finding, at: number | null): void {
    (this.#news[Severity.options.indexOf(severity)] ??= new DueList()).set(findingId, at);
    const ofReason = this.#newsByReason.get(reason) ?? new DueList();
    this.#newsByReason.set(reason, ofReason);
    ofReason.set(findingId, at);
  }

  #move(finding: Finding, by: 1 | -1): void {
    this.openCount += by;
    if (finding.standing === "beneath") return;
    this.ownCount += by;
    const { clearedAt, findingId } = finding;
    if (clearedAt === null) this.firingCount += by;
    else (this.#cleared ??= new DueList()).set(findingId, by === 1 ? -clearedAt : null);
    const rank = finding.told === null ? -1 : Severity.options.indexOf(finding.told);
    if (rank >= 0) this.#told[rank] = (this.#told[rank] ?? 0) + by;
    const subjectKey = subjectKeyOf(finding.subject);
    this.#hosts.count(hostIdIn(finding.subject) ?? subjectKey, by);
    this.#subjects.count(subjectKey, by);
  }
}

/** Findings of one gravity; the oldest is the one that came first, whatever has changed since. */
class Rank {
  readonly #placed = new Map<string, Placed<Finding>>();
  readonly #byPlace = new Map<number, string>();
  readonly #places = new DueList();

  get size(): number {
    return this.#placed.size;
  }

  oldest(): Finding | null {
    const place = this.#places.earliestAt();
    const id = place === null ? undefined : this.#byPlace.get(place);
    return id === undefined ? null : (this.#placed.get(id)?.value ?? null);
  }

  add(placed: Placed<Finding>): void {
    const { findingId } = placed.value;
    this.#placed.set(findingId, placed);
    this.#byPlace.set(placed.place, findingId);
    this.#places.set(findingId, placed.place);
  }

  remove(findingId: string): void {
    const placed = this.#placed.get(findingId);
    if (placed === undefined) return;
    this.#placed.delete(findingId);
    this.#byPlace.delete(placed.place);
    this.#places.set(findingId, null);
  }
}

/** How often each key is there. */
class Tally {
  readonly #counts = new Map<string, number>();

  get size(): number {
    return this.#counts.size;
  }

  count(key: string, by: 1 | -1): void {
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}

function firstOf(lists: readonly (DueList | undefined)[]): number | null {
  return lists.reduce<number | null>((first, list) => {
    const at = list?.earliestAt() ?? null;
    return first === null || at === null ? (first ?? at) : Math.min(first, at);
  }, null);
}

function isNews({ clearedAt, newsAt, reason, standing }: Finding): boolean {
  if (newsAt === null || clearedAt !== null || standing === "beneath") return false;
  return joiningOf(reason) !== "rides";
}

/** null: it counts for nothing, for it is over or lies beneath */
function rankOf({ clearedAt, endedAt, severity, standing }: Finding): number | null {
  if (endedAt !== null || standing === "beneath") return null;
  return Severity.options.indexOf(severity) + (clearedAt === null ? Severity.options.length : 0);
}
