// Judges what was expected of pages. A page counts for a reason when it tells of such a finding first, or its title is about one; one that tells
// only of an end is "recovered", and is counted by the words about that alone. Each counts once, however many channels carried it. Pure.
import type { PlannedExpectation } from "../file/planned-incident.ts";
import type { RecordedPage, RecordedTell } from "../printed/replay-record.ts";
import { foundText, pageCounts } from "./found-text.ts";
import { ANY, cameInTime, hasWords, isThere, isWithin, type Judged, type Scene } from "./scene.ts";

/** `page` */
export function judgePage(planned: PlannedExpectation, scene: Scene): Judged {
  const { atMost, page: reason = ANY, severity, says } = planned.expectation;
  const told = askingPages(planned, scene, reason);
  const found = foundPages(told, scene, reason);
  const { notBeforeAt } = planned;
  if (notBeforeAt !== null && told.some(({ at }) => at < notBeforeAt)) return { isMet: false, found };
  if (atMost !== undefined && told.length > atMost) return { isMet: false, found };
  const meant = told.filter(
    (page) =>
      (severity === undefined || page.severity === severity) && (says === undefined || shows(page, says)),
  );
  return { isMet: cameInTime(meant, planned), found };
}

/** `noPage` */
export function judgeNoPage(planned: PlannedExpectation, scene: Scene): Judged {
  const { noPage: reason = ANY } = planned.expectation;
  const told = askingPages(planned, scene, reason);
  return { isMet: told.length === 0, found: foundPages(told, scene, reason) };
}

/** `noPageSays`: of all kinds of pages, also of those that say that something is over */
export function judgeNoPageSays(planned: PlannedExpectation, scene: Scene): Judged {
  const { noPageSays = "", reason } = planned.expectation;
  const saying = pagesTo(planned, scene).filter(
    (page) =>
      shows(page, noPageSays) &&
      (reason === undefined || page.tells.some((tell) => tell.reason === reason)) &&
      isAbout(page, planned, page.tells),
  );
  return { isMet: saying.length === 0, found: foundPages(saying, scene) };
}

/** `pagesAtMost` */
export function judgePageCount(planned: PlannedExpectation, scene: Scene): Judged {
  const told = askingPages(planned, scene, ANY);
  return { isMet: told.length <= (planned.expectation.pagesAtMost ?? 0), found: foundPages(told, scene) };
}

/** `recovered` */
export function judgeRecovered(planned: PlannedExpectation, scene: Scene): Judged {
  const { recovered = ANY, says } = planned.expectation;
  const told = recoveredPages(planned, scene, recovered);
  const meant = told.filter((page) => says === undefined || shows(page, says));
  const { notBeforeAt } = planned;
  const isEarly = notBeforeAt !== null && told.some(({ at }) => at < notBeforeAt);
  return { isMet: !isEarly && cameInTime(meant, planned), found: foundPages(told, scene, recovered) };
}

/** `noRecovered`, and `recoveredAtMost` */
export function judgeRecoveredCount(planned: PlannedExpectation, scene: Scene): Judged {
  const { noRecovered, reason = ANY, recoveredAtMost = 0 } = planned.expectation;
  const told = recoveredPages(planned, scene, noRecovered ?? reason);
  return { isMet: told.length <= recoveredAtMost, found: foundPages(told, scene, noRecovered ?? reason) };
}

/** Pages that want something of somebody: all but those that say only that it is over, and those that somebody asked for to try the way. */
export function isAsking({ kind }: Pick<RecordedPage, "kind">): boolean {
  return kind === "ring" || kind === "update";
}

function askingPages(planned: PlannedExpectation, scene: Scene, reason: string): readonly RecordedPage[] {
  return pagesTo(planned, scene).filter((page) => {
    if (!isAsking(page)) return false;
    const begun = page.tells.filter(({ isEnd }) => !isEnd);
    if (reason === ANY) return isAbout(page, planned, begun);
    return begun.some(
      (tell) => tell.reason === reason && (tell.isFirst || tell.isTitle) && isThere(planned, tell),
    );
  });
}

function recoveredPages(planned: PlannedExpectation, scene: Scene, reason: string): readonly RecordedPage[] {
  return pagesTo(planned, scene).filter(
    (page) =>
      page.kind === "recovered" &&
      (reason === ANY
        ? isAbout(page, planned, page.tells)
        : page.tells.some((tell) => tell.reason === reason && isThere(planned, tell))),
  );
}

function pagesTo(planned: PlannedExpectation, scene: Scene): readonly RecordedPage[] {
  const { to } = planned.expectation;
  return scene.record.pages.filter(
    (page) => (to === undefined || page.to === to) && isWithin(planned, page.at),
  );
}

/** A page that tells of nothing in particular is about what its title says. */
function isAbout(page: RecordedPage, planned: PlannedExpectation, tells: readonly RecordedTell[]): boolean {
  return isThere(planned, page) || tells.some((tell) => isThere(planned, tell));
}

function shows({ body, title }: RecordedPage, words: string): boolean {
  return hasWords(`${title}\n${body}`, words);
}

function foundPages(pages: readonly RecordedPage[], { startAt }: Scene, reason?: string): string {
  return foundText(pages, {
    startAt,
    none: "no such page",
    counts: pageCounts(pages, reason === ANY ? undefined : reason),
    textOf: ({ kind, reason: about, title, to }) => `${kind} ${about ?? ""} to ${to} "${title}"`,
  });
}
