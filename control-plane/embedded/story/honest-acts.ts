// What a person does in the story, and what is claimed of it each time: signs in, makes a passkey, reads what is asked, signs exactly that. They use
// what a view shows and nothing else; the host's part is seen in the host's own books.
import type { VerifiedSigner } from "@countersign/shared/wire/outcome";
import type { DemoHostProcess } from "../demo-host-process.ts";
import type { TerminalPage } from "../workerd-messages.ts";
import { newAuthenticator, type SignedChallenge, type SoftwareAuthenticator } from "./authenticator.ts";
import {
  argvOf,
  badgesOf,
  formsOf,
  newPerson,
  type OpenedView,
  type Person,
  saidOf,
  textOf,
  type ViewForm,
} from "./person.ts";
import { expect, type StepRecord, waitFor } from "./steps.ts";

const PAGE_WAIT_MS = 40_000;
const ACT_WAIT_MS = 40_000;

export interface StoryParts {
  /** where people open the desk */
  readonly deskUrl: string;
  readonly signInUrl: string;
  readonly demoHost: DemoHostProcess;
  /** root of the demo host accepts the fleet's trust by these words */
  readonly enrol: (trustWords: string) => Promise<{ readonly hostId: string; readonly enrolMs: number }>;
  /** pages that arrived so far, oldest first */
  readonly pages: readonly TerminalPage[];
  readonly onStep: (record: StepRecord) => void;
}

/** A signed-in person with their passkey, and the words of the trust that it stands in. */
export interface Approver {
  readonly person: Person;
  readonly passkey: SoftwareAuthenticator;
  readonly words: string;
}

/** Signs in on a new device, and makes the fleet's first passkey there. */
export async function makePasskey({
  deskUrl,
  signInUrl,
}: Pick<StoryParts, "deskUrl" | "signInUrl">): Promise<Approver> {
  const person = newPerson();
  const form = await person.open(signInUrl);
  const [first] = formsOf(form);
  if (form.status !== 200 || first === undefined)
    throw new Error(`The sign-in view answered ${form.status} without a form`);
  const signedIn = await person.submit(form, first, { deviceName: "Story phone" });
  expectDone(signedIn, "signing in leads to the desk");
  const { hostname, origin } = new URL(deskUrl);
  const passkey = await newAuthenticator({ origin, rpId: hostname });
  const view = await person.open(`${deskUrl}/passkey`);
  const making = formThat(view, "create");
  const registration = JSON.stringify(passkey.register(challengeIn(making)));
  const made = await person.submit(view, making, { registration, name: "Story phone" });
  expectDone(made, "the passkey is taken");
  const words = saidOf(made, "fingerprint");
  expect(words?.split(" ").length === 8, `the view shows eight words, not ${words}`);
  return { person, passkey, words: words ?? "" };
}

/** Sees on the desk that the host is well. */
export async function seeHostUp({ deskUrl }: StoryParts, person: Person): Promise<string> {
  const seen = await waitFor("the desk to show the host as up", PAGE_WAIT_MS, async () => {
    const desk = await person.open(`${deskUrl}/`);
    return badgesOf(desk).includes("well") ? desk : null;
  });
  return textOf(seen).slice(0, 300);
}

/** Breaks the demo service. */
export async function breakService({ demoHost }: StoryParts) {
  const before = await demoHost.status();
  expect(before.mainPid > 0, "the demo service runs before it is broken");
  await demoHost.breakService();
  const after = await waitFor("the service to be dead", 10_000, async () => {
    const status = await demoHost.status();
    return status.mainPid === 0 ? status : null;
  });
  return { oldMainPid: before.mainPid, activeState: after.activeState };
}

/** Waits for a page. */
export async function awaitPage(
  { pages }: StoryParts,
  matches: (page: TerminalPage, index: number) => boolean,
  timeoutMs: number,
): Promise<TerminalPage> {
  return waitFor("the page", timeoutMs, () => pages.find(matches) ?? null);
}

/**
 * Waits for the page about the broken service, and for its question: as a rule the page leads to it. A host that is slow to answer is asked once more,
 * and the question then stands in the incident that the page leads to.
 */
export async function awaitQuestion(parts: StoryParts, person: Person): Promise<TerminalPage> {
  const page = await awaitPage(parts, ({ kind }) => kind === "ring", PAGE_WAIT_MS);
  if (page.approvalId !== null) return page;
  const path = await waitFor("the question in the page's incident", PAGE_WAIT_MS, async () => {
    const view = await person.open(String(page.url));
    return /href="(\/approvals\/[\w-]+)"/.exec(view.html)?.[1] ?? null;
  });
  return { ...page, url: parts.deskUrl + path, approvalId: path.slice("/approvals/".length) };
}

/** Reads the question: the exact argv, and that a passkey may answer it. */
export async function readApproval(person: Person, url: string) {
  const view = await person.open(url);
  expectDone(view, "the approval view opens");
  const argv = argvOf(view);
  expect(argv.length > 0, "the approval view shows the exact argv");
  formThat(view, "get");
  return { url, argv, text: textOf(view).slice(0, 1_500) };
}

/** What the person signed, and the host's own word on it. */
export interface ApprovedAct {
  readonly scheme: SignedChallenge["scheme"];
  readonly credentialId: string;
  readonly proposalHash: string | null;
  /** who signed, as the host itself has verified it, out of its journal */
  readonly verdict: readonly VerifiedSigner[];
  readonly answer: string;
  readonly assertion: SignedChallenge;
}

/** Signs what the view asks for, and sends nothing yet. */
export async function signForm(
  view: OpenedView,
  passkey: SoftwareAuthenticator,
): Promise<{ readonly form: ViewForm; readonly assertion: SignedChallenge }> {
  const form = formThat(view, "get");
  return { form, assertion: await passkey.sign(challengeIn(form)) };
}

/** Signs what the view asks for and sends it; then waits until the host has said in its journal who signed. */
export async function approve(
  { demoHost }: StoryParts,
  { passkey, person }: Approver,
  url: string,
): Promise<ApprovedAct> {
  const startedBefore = (await demoHost.status()).executions.length;
  const view = await person.open(url);
  const { assertion, form } = await signForm(view, passkey);
  const answer = await person.submit(view, form, { assertion: JSON.stringify(assertion) });
  expectDone(answer, "the approval is taken");
  const execution = await waitFor("the host to verify it and begin", ACT_WAIT_MS, async () => {
    return (await demoHost.status()).executions[startedBefore] ?? null;
  });
  const { scheme } = assertion;
  const { credentialId } = passkey;
  const isVerified = execution.signers.some(
    (signer) => signer.scheme === "webauthn" && signer.credentialId === credentialId,
  );
  expect(isVerified, `the host has verified that passkey, not ${JSON.stringify(execution.signers)}`);
  return {
    scheme,
    credentialId,
    proposalHash: form.fields["proposalHash"] ?? null,
    verdict: execution.signers,
    answer: textOf(answer).slice(0, 300),
    assertion,
  };
}

/** Sees the act in the host's own books: what the view showed ran once, and another process runs now. */
export async function seeRestart(
  { demoHost }: StoryParts,
  oldMainPid: number,
  argvApproved: readonly string[],
) {
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

/** The form whose button a passkey answers, by creating itself or by signing. */
function formThat(view: OpenedView, does: "create" | "get"): ViewForm {
  const form = formsOf(view).find(({ passkey }) => passkey?.does === does);
  if (form === undefined)
    throw new Error(
      `No form of ${new URL(view.url).pathname} asks for a passkey (${does}): ${textOf(view).slice(0, 300)}`,
    );
  return form;
}

function challengeIn({ passkey }: ViewForm): Buffer {
  return Buffer.from(passkey?.options.challenge ?? "", "base64url");
}

function expectDone(view: OpenedView, claim: string): void {
  expect(view.status === 200, `${claim}, not ${view.status} ${textOf(view).slice(0, 300)}`);
}
