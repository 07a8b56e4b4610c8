// The whole story, unattended, with the same parts a person uses: a person makes a passkey, a host that believes it is enrolled, its service breaks,
// a page arrives, the person reads the approval view and signs exactly that, the host checks the signature itself and restarts the service through
// its own exact rule, health is proven, the incident resolves; then the host loses power and the page for silence arrives.
import { setTimeout } from "node:timers/promises";
import { assert } from "@countersign/shared/values/result";
import type { TerminalPage } from "../workerd-messages.ts";
import {
  type Approver,
  approve,
  awaitPage,
  awaitQuestion,
  breakService,
  makePasskey,
  readApproval,
  seeHostUp,
  seeRestart,
  type StoryParts,
} from "./honest-acts.ts";
import { badgesOf, type Person, textOf } from "./person.ts";
import { expect, newSteps, type StepRecord, type Steps, waitFor } from "./steps.ts";

const PERSON_THINKS_MS = 5_000;
const VERIFY_WAIT_MS = 60_000;
const RESOLVE_WAIT_MS = 60_000;
const SILENCE_WAIT_MS = 40_000;

export interface StorySummary {
  readonly ok: boolean;
  readonly host: "systemd" | "process";
  readonly steps: readonly StepRecord[];
  readonly pages: readonly TerminalPage[];
  readonly grantId: string | null;
  readonly outcome: string | null;
  readonly verification: string | null;
}

type Found = { grantId: string | null; outcome: string | null; verification: string | null };

/** Plays it to its end or to the first step that did not happen. Never throws. */
export async function playStory(parts: StoryParts): Promise<StorySummary> {
  const steps = newSteps(parts.onStep);
  const found: Found = { grantId: null, outcome: null, verification: null };
  try {
    await play(parts, steps, found);
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

async function play(parts: StoryParts, steps: Steps, found: Found): Promise<void> {
  const approver = await makeApprover(parts, steps);
  const { person } = approver;
  await steps.run("host-enrolled", async () => {
    const enrolled = await parts.enrol(approver.words);
    return { ...enrolled, desk: await seeHostUp(parts, person) };
  });
  const before = await parts.demoHost.status();
  await steps.run("service-broken", () => breakService(parts));
  const page = await steps.run("page-arrived", () => awaitQuestion(parts, person));
  const approvalUrl = String(page.url);
  const read = await steps.run("approval-read", () => readApproval(person, approvalUrl));
  await steps.run("asked-once", () => takeTime(parts));
  await steps.run("approved", async () => {
    const { assertion: _, ...approved } = await approve(parts, approver, approvalUrl);
    return approved;
  });
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
}

/** The person themselves are none of the evidence. */
export async function makeApprover(parts: StoryParts, steps: Steps): Promise<Approver> {
  const made: { approver?: Approver } = {};
  await steps.run("passkey-made", async () => {
    made.approver = await makePasskey(parts);
    const { passkey, words } = made.approver;
    return { credentialId: passkey.credentialId, words };
  });
  assert(made.approver !== undefined, "a step that was run has made the passkey");
  return made.approver;
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
