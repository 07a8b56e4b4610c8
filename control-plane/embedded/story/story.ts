// The whole story, unattended, with the same parts a person uses: a host is enrolled, its service breaks, a page arrives, a person
// reads the approval view and says yes, the host restarts the service through its own exact rule, health is proven, the incident
// resolves; then the host loses power and the page for silence arrives.
import { setTimeout } from "node:timers/promises";
import type { DemoHostProcess } from "../demo-host-process.ts";
import type { TerminalPage } from "../workerd-messages.ts";
import { argvOf, badgesOf, formsOf, newPerson, textOf, type OpenedView, type Person } from "./person.ts";
import { expect, newSteps, waitFor, type StepRecord } from "./steps.ts";

const PAGE_WAIT_MS = 40_000;
const PERSON_THINKS_MS = 5_000;
const ACT_WAIT_MS = 40_000;
const VERIFY_WAIT_MS = 60_000;
const RESOLVE_WAIT_MS = 60_000;
const SILENCE_WAIT_MS = 40_000;

export interface StoryParts {
  readonly deskUrl: string;
  readonly signInUrl: string;
  readonly demoHost: DemoHostProcess;
  readonly hostId: string;
  readonly enrolMs: number;
  /** pages that arrived so far, oldest first */
  readonly pages: readonly TerminalPage[];
  readonly onStep: (record: StepRecord) => void;
}

export interface StorySummary {
  readonly ok: boolean;
  readonly host: "systemd" | "process";
  readonly steps: readonly StepRecord[];
  readonly pages: readonly TerminalPage[];
  readonly grantId: string | null;
  readonly outcome: string | null;
  readonly verification: string | null;
}

/** Plays it to its end or to the first step that did not happen. Never throws. */
export async function playStory(parts: StoryParts): Promise<StorySummary> {
  const steps = newSteps(parts.onStep);
  const found: { grantId: string | null; outcome: string | null; verification: string | null } = {
    grantId: null,
    outcome: null,
    verification: null,
  };
  const person = newPerson();
  try {
    await steps.run("host-enrolled", () => seeHostUp(parts, person));
    const before = await parts.demoHost.status();
    await steps.run("service-broken", () => breakService(parts));
    const page = await steps.run("page-arrived", () => awaitPage(parts, isCheckFailing, PAGE_WAIT_MS));
    const approvalUrl = String(page.url);
    const read = await steps.run("approval-read", () => readApproval(person, approvalUrl));
    await steps.run("asked-once", () => takeTime(parts));
    await steps.run("approved", () => approve(person, approvalUrl));
    const restarted = await steps.run("restarted", () => seeRestart(parts, before.mainPid, read.argv));
    found.grantId = restarted.grantId;
    found.outcome = restarted.outcome;
    found.verification = (await steps.run("verified", () => seeVerified(person, approvalUrl))).verification;
    await steps.run("incident-resolved", () => seeResolved(parts, person, String(page.incidentId)));
    const pagesBefore = parts.pages.length;
    await steps.run("power-lost", async () => {
      await parts.demoHost.losePower();
      return { pagesBefore };
    });
    await steps.run("silence-paged", () => seeSilencePaged(parts, person, pagesBefore));
  } catch {
    // the step that failed is recorded with its reason
  }
  return {
    ok: steps.records.every(({ ok }) => ok) && steps.records.at(-1)?.name === "silence-paged",
    host: parts.demoHost.kind,
    steps: steps.records,
    pages: parts.pages,
    ...found,
  };
}

async function seeHostUp({ deskUrl, signInUrl, hostId, enrolMs }: StoryParts, person: Person) {
  const form = await person.open(signInUrl);
  const [first] = formsOf(form);
  if (form.status !== 200 || first === undefined)
    throw new Error(`The sign-in view answered ${form.status} without a form`);
  const signedIn = await person.submit(form, first, { deviceName: "Story phone" });
  expect(
    signedIn.status === 200,
    `signing in leads to the desk, not to ${signedIn.status} ${textOf(signedIn).slice(0, 200)}`,
  );
  const seen = await waitFor("the desk to show the host as up", PAGE_WAIT_MS, async () => {
    const desk = await person.open(`${deskUrl}/`);
    return badgesOf(desk).includes("well") ? desk : null;
  });
  return { hostId, enrolMs, desk: textOf(seen).slice(0, 300) };
}

async function breakService({ demoHost }: StoryParts) {
  const before = await demoHost.status();
  expect(before.mainPid > 0, "the demo service runs before it is broken");
  await demoHost.breakService();
  const after = await waitFor("the service to be dead", 10_000, async () => {
    const status = await demoHost.status();
    return status.mainPid === 0 ? status : null;
  });
  return { oldMainPid: before.mainPid, activeState: after.activeState };
}

async function awaitPage(
  { pages }: StoryParts,
  matches: (page: TerminalPage, index: number) => boolean,
  timeoutMs: number,
): Promise<TerminalPage> {
  return waitFor("the page", timeoutMs, () => pages.find(matches) ?? null);
}

function isCheckFailing(page: TerminalPage): boolean {
  return page.kind === "ring" && typeof page.approvalId === "string";
}

// A person on a phone takes longer than a script: the request must still stand then, and nobody may be paged for it again.
async function takeTime({ pages }: StoryParts) {
  await setTimeout(PERSON_THINKS_MS);
  const asked = pages.filter((page) => page.kind !== "recovered");
  expect(asked.length === 1, `one page asks once; there are ${asked.length}`);
  return { waitedMs: PERSON_THINKS_MS, pages: asked.length };
}

async function seeSilencePaged(parts: StoryParts, person: Person, pagesBefore: number) {
  const isNewFiring = (page: TerminalPage, index: number) => index >= pagesBefore && page.kind === "ring";
  const page = await awaitPage(parts, isNewFiring, SILENCE_WAIT_MS);
  const incident = textOf(await person.open(String(page.url)));
  expect(
    incident.includes("host-silent"),
    `the page is about silence; its link shows: ${incident.slice(0, 200)}`,
  );
  return { ...page };
}

async function readApproval(person: Person, url: string) {
  const view = await person.open(url);
  expect(view.status === 200, `the approval view opens, not ${view.status} ${textOf(view).slice(0, 200)}`);
  const argv = argvOf(view);
  expect(argv.length > 0, "the approval view shows the exact argv");
  expect(approveFormOf(view) !== null, "the approval view offers to approve");
  return { url, argv, text: textOf(view).slice(0, 1_500) };
}

function approveFormOf(view: OpenedView) {
  return formsOf(view).find(({ action }) => action.endsWith("/approve")) ?? null;
}

async function approve(person: Person, url: string) {
  const view = await person.open(url);
  const form = approveFormOf(view);
  if (form === null) throw new Error("The approval view no longer offers to approve");
  const answer = await person.submit(view, form);
  expect(
    answer.status === 200,
    `the approval is taken, not ${answer.status} ${textOf(answer).slice(0, 200)}`,
  );
  return { proposalHash: form.fields.proposalHash ?? null, answer: textOf(answer).slice(0, 300) };
}

async function seeRestart({ demoHost }: StoryParts, oldMainPid: number, argvApproved: readonly string[]) {
  const after = await waitFor("a new main process and the journalled outcome", ACT_WAIT_MS, async () => {
    const status = await demoHost.status();
    const execution = status.executions.at(-1);
    if (execution === undefined || execution.status === "started") return null;
    return status.mainPid > 0 || execution.status !== "succeeded" ? { status, execution } : null;
  });
  const { status, execution } = after;
  expect(
    execution.status === "succeeded",
    `the outcome is succeeded, not ${execution.status}: ${execution.detail}`,
  );
  expect(status.mainPid > 0 && status.mainPid !== oldMainPid, "another main process runs than before");
  expect(JSON.stringify(execution.argv) === JSON.stringify(argvApproved), "what ran is what the view showed");
  return {
    grantId: execution.grantId,
    outcome: execution.status,
    argv: execution.argv,
    oldMainPid,
    newMainPid: status.mainPid,
    sudoers: status.sudoers,
  };
}

async function seeVerified(person: Person, url: string) {
  const seen = await waitFor("the approval view to say how it ended", VERIFY_WAIT_MS, async () => {
    const view = await person.open(url);
    const badge = badgesOf(view)[0] ?? "";
    return ["Running", "Must stay well"].includes(badge) ? null : { badge, text: textOf(view) };
  });
  expect(
    seen.badge === "Fixed",
    `the action helped; the view says ${seen.badge}: ${seen.text.slice(0, 300)}`,
  );
  return { verification: "verified", view: seen.text.slice(0, 400) };
}

async function seeResolved({ deskUrl }: StoryParts, person: Person, incidentId: string) {
  const text = await waitFor("the incident to resolve", RESOLVE_WAIT_MS, async () => {
    const view = await person.open(`${deskUrl}/incidents/${incidentId}`);
    return badgesOf(view)[0] === "Over" ? textOf(view) : null;
  });
  return { incidentId, view: text.slice(0, 600) };
}
