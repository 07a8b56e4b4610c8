// Whether what was expected of an incident came about, with a sentence that says what came instead. Pure.
import type { Incident, PlannedExpectation } from "./file/planned-incident.ts";
import { offsetText } from "./file/written-times.ts";
import type { RecordedLiveness, RecordedPage, ReplayRecord } from "./printed/replay-record.ts";

export interface JudgedExpectation {
  readonly isMet: boolean;
  /** what was expected, in words */
  readonly text: string;
  /** what came; for a person who asks why it failed */
  readonly found: string;
}

interface Scene {
  readonly startAt: number;
  readonly record: ReplayRecord;
  readonly livenesses: readonly RecordedLiveness[];
}

/** Judges every expectation of an incident. */
export function judgeExpectations(
  incident: Incident,
  ran: { readonly record: ReplayRecord; readonly livenesses: readonly RecordedLiveness[] },
): readonly JudgedExpectation[] {
  return incident.expectations.map((planned) => judge(planned, { startAt: incident.startAt, ...ran }));
}

function judge(planned: PlannedExpectation, scene: Scene): JudgedExpectation {
  const { expectation } = planned;
  const text = wordsOf(planned);
  if (expectation.page !== undefined) return { text, ...judgePage(planned, scene) };
  if (expectation.noPage !== undefined) return { text, ...judgeNoPage(planned, scene) };
  if (expectation.noRecovered !== undefined) return { text, ...judgeNoRecovered(planned, scene) };
  if (expectation.pagesAtMost !== undefined) return { text, ...judgePageCount(planned, scene) };
  if (expectation.refused !== undefined) return { text, ...judgeRefusal(planned, scene) };
  if (expectation.incident !== undefined) return { text, ...judgeIncident(planned, scene) };
  if (expectation.shadow !== undefined) return { text, ...judgeShadow(planned, scene) };
  if (expectation.liveness !== undefined) return { text, ...judgeLiveness(planned, scene) };
  return { text, ...judgeActions(planned, scene) };
}

type Judged = Omit<JudgedExpectation, "text">;

function judgePage(planned: PlannedExpectation, scene: Scene): Judged {
  const { expectation, byAt, notBeforeAt } = planned;
  const { atMost, severity, says } = expectation;
  const ofReason = askingPages(planned, scene).filter(({ reason }) => reason === expectation.page);
  const found = foundPages(ofReason, scene.startAt);
  if (notBeforeAt !== null && ofReason.some(({ at }) => at < notBeforeAt)) return { isMet: false, found };
  if (atMost !== undefined && ofReason.length > atMost) return { isMet: false, found };
  const isMet = ofReason.some(
    (page) =>
      (byAt === null || page.at <= byAt) &&
      (severity === undefined || page.severity === severity) &&
      (says === undefined || hasWords(`${page.title}\n${page.body}`, says)),
  );
  return { isMet, found };
}

function judgeNoPage(planned: PlannedExpectation, scene: Scene): Judged {
  const { noPage } = planned.expectation;
  const pages = askingPages(planned, scene).filter(({ reason }) => noPage === "any" || reason === noPage);
  return { isMet: pages.length === 0, found: foundPages(pages, scene.startAt) };
}

function judgeNoRecovered(planned: PlannedExpectation, scene: Scene): Judged {
  const { noRecovered, to } = planned.expectation;
  const pages = scene.record.pages.filter(
    (page) =>
      page.kind === "recovered" &&
      (to === undefined || page.to === to) &&
      (noRecovered === "any" || page.reason === noRecovered) &&
      isMatch(planned, page),
  );
  return { isMet: pages.length === 0, found: foundPages(pages, scene.startAt) };
}

function judgePageCount(planned: PlannedExpectation, scene: Scene): Judged {
  const pages = askingPages(planned, scene);
  const isMet = pages.length <= (planned.expectation.pagesAtMost ?? 0);
  return { isMet, found: foundPages(pages, scene.startAt) };
}

function judgeActions(planned: PlannedExpectation, scene: Scene): Judged {
  const actions = scene.record.actions.filter((action) => isMatch(planned, action));
  const isMet = actions.length <= (planned.expectation.restartsAtMost ?? 0);
  const listed = actions.map(
    ({ at, host, service, action }) => `${offsetText(at - scene.startAt)} ${action} ${service} on ${host}`,
  );
  return { isMet, found: listed.length === 0 ? "nothing was run" : listed.slice(0, 5).join("; ") };
}

function judgeRefusal(planned: PlannedExpectation, scene: Scene): Judged {
  const { refused = "", says } = planned.expectation;
  const refusals = scene.record.refusals.filter((refusal) => isMatch(planned, refusal));
  const isMet = refusals.some(
    ({ at, reason, text }) =>
      (reason === refused || hasWords(text, refused)) &&
      (says === undefined || hasWords(text, says)) &&
      (planned.byAt === null || at <= planned.byAt),
  );
  const listed = refusals.map(
    ({ at, reason, text }) => `${offsetText(at - scene.startAt)} ${reason} "${text}"`,
  );
  return { isMet, found: listed.length === 0 ? "nothing was refused" : listed.slice(0, 5).join("; ") };
}

/** Whether what people are shown has these words in it, whatever their case: a sentence may begin with them. */
function hasWords(shown: string, words: string): boolean {
  return shown.toLowerCase().includes(words.toLowerCase());
}

function judgeIncident(planned: PlannedExpectation, scene: Scene): Judged {
  const { expectation, at } = planned;
  const last = scene.record.turns
    .filter((turn) => turn.reason === expectation.incident && (at === null || turn.at <= at))
    .filter((turn) => isMatch({ ...planned, at: null }, turn))
    .at(-1);
  const { severity, says } = expectation;
  const state = last?.state ?? "none";
  const isWorded = says === undefined || (last !== undefined && hasWords(last.title, says));
  const isGrave = severity === undefined || last?.severity === severity;
  const found = last === undefined ? "there is none" : `it is ${state}, ${last.severity}: "${last.title}"`;
  return { isMet: state === expectation.is && isWorded && isGrave, found };
}

function judgeShadow(planned: PlannedExpectation, scene: Scene): Judged {
  const { byAt, expectation } = planned;
  const { findings, shadowCounts } = scene.record;
  const mine = findings.filter(({ reason }) => reason === expectation.shadow);
  const isInTime = byAt === null || mine.some((finding) => finding.at <= byAt && isMatch(planned, finding));
  const counted = shadowCounts.find(({ reason }) => reason === expectation.shadow);
  const isCounted = (["wouldHavePaged", "wouldHaveActed", "falseAlarms"] as const).every(
    (name) => expectation[name] === undefined || expectation[name] === (counted?.[name] ?? 0),
  );
  const first = mine[0] === undefined ? "" : `, first ${offsetText(mine[0].at - scene.startAt)}`;
  const { wouldHavePaged = 0, wouldHaveActed = 0, falseAlarms = 0 } = counted ?? {};
  const found = `would have paged ${wouldHavePaged}×, acted ${wouldHaveActed}×, false alarms ${falseAlarms}${first}`;
  return { isMet: isInTime && isCounted, found };
}

function judgeLiveness(planned: PlannedExpectation, scene: Scene): Judged {
  const { expectation, at } = planned;
  const seen = scene.livenesses.find((entry) => entry.at === at && entry.host === expectation.host);
  return {
    isMet: seen?.liveness === expectation.liveness,
    found: `it is ${seen?.liveness ?? "not reached"}`,
  };
}

/** Pages that want something of somebody: all but those that say that it is over. */
export function isAsking({ kind }: Pick<RecordedPage, "kind">): boolean {
  return kind !== "recovered";
}

/** Asking pages that match. */
function askingPages(planned: PlannedExpectation, scene: Scene): readonly RecordedPage[] {
  const { to } = planned.expectation;
  return scene.record.pages.filter(
    (page) => isAsking(page) && (to === undefined || page.to === to) && isMatch(planned, page),
  );
}

function isMatch(
  { expectation, fromAt, untilAt }: PlannedExpectation,
  seen: { readonly at: number; readonly host: string | null; readonly service: string | null },
): boolean {
  const { host, service } = expectation;
  return (
    (host === undefined || seen.host === host) &&
    (service === undefined || seen.service === service) &&
    (fromAt === null || seen.at >= fromAt) &&
    (untilAt === null || seen.at <= untilAt)
  );
}

function foundPages(pages: readonly RecordedPage[], startAt: number): string {
  if (pages.length === 0) return "no such page";
  const listed = pages
    .slice(0, 5)
    .map(({ at, reason, to, title }) => `${offsetText(at - startAt)} ${reason} to ${to} "${title}"`);
  return `${pages.length}: ${listed.join("; ")}${pages.length > 5 ? " …" : ""}`;
}

function wordsOf({ expectation }: PlannedExpectation): string {
  const { because, ...rest } = expectation;
  const words = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => (value === true ? spaced(key) : `${nounOf(key)} ${String(value)}`))
    .join(", ");
  return because === undefined ? words : `${words} (${because})`;
}

/** A count says what it counts. */
function nounOf(key: string): string {
  return key === "pagesAtMost" ? 'pages (without "recovered") at most' : spaced(key);
}

function spaced(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
