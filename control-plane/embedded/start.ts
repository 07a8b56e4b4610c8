// `npm start`: the control plane in embedded workerd and a demo host with a real agent, until Ctrl-C; with --story, the whole story
// unattended, and with --hostile an attacker after it. Progress and talk go to stderr, results to stdout.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { CommanderError } from "commander";
import { renderUnicodeCompact } from "uqr";
import { assert } from "@countersign/shared/values/result";
import { formatPage } from "./print-page.ts";
import { Refusal } from "./refusal.ts";
import { readStartOptions, type StartOptions } from "./start-options.ts";
import { end, endings, isEnding, say } from "./starting/endings.ts";
import { acceptLater, closedText, waitForPasskey, waitingLines } from "./starting/first-passkey.ts";
import { greetingOf, qrTextOf } from "./starting/greeting.ts";
import { showStep } from "./starting/progress.ts";
import { enrolDemoHost, type StartedDesk, startDesk, wasEnrolled } from "./starting/started-desk.ts";
import { playHostileStory } from "./story/hostile/hostile-story.ts";
import type { StepRecord } from "./story/steps.ts";
import { playStory } from "./story/story.ts";
import type { TerminalPage } from "./workerd-messages.ts";

const PARENT_POLL_MS = 1_000;

/** Everything that a person needs to go on by themselves; the demo host believes their passkey from the beginning where there is one. */
async function start(options: StartOptions): Promise<void> {
  const desk = await startDesk(options, {
    stateDir: resolve(options.state),
    onPage: (page) => say(formatPage(page)),
  });
  const { admin, demoHost, signIn } = desk;
  if (demoHost === null) return greet(desk, { isSignInSaid: false });
  const isFirst = options.approver && !wasEnrolled(desk);
  const before = await admin.trust();
  const isWaitedFor = isFirst && before.words === null && before.passkeysAt !== null;
  if (isWaitedFor) for (const line of waitingLines("url" in signIn ? signIn.url : signIn.sentence)) say(line);
  const trust = isWaitedFor
    ? await showStep(`Your passkey (60 s, then it goes on without)`, () => waitForPasskey(admin))
    : before;
  const { hostId } = await enrolDemoHost(desk, trust.words);
  if (!(await admin.knowsHost(hostId))) {
    say(
      "The demo host of this state was retired at the desk, so it is stopped: --fresh begins with a new one.",
    );
    await demoHost.stop();
    endings.demoHost = null;
    return greet({ ...desk, demoHost: null }, { isSignInSaid: isWaitedFor });
  }
  for (const line of closedText(trust)) say(line);
  if (trust.passkeysAt !== null && (await demoHost.trust()) === null)
    endings.laterTrust = acceptLater({ admin, demoHost, say });
  await greet(desk, { isSignInSaid: isWaitedFor });
}

/** A story always begins from nothing and leaves nothing. */
function storyStateDir(): string {
  const folder = mkdtempSync(join(tmpdir(), "countersign-story-"));
  endings.storyState = () => rmSync(folder, { recursive: true, force: true });
  return folder;
}

async function greet(
  { addresses, admin, controlPlane, demoHost, signIn }: StartedDesk,
  { isSignInSaid }: { readonly isSignInSaid: boolean },
): Promise<void> {
  const { adminTokenFile, publicUrl, url } = controlPlane;
  const greeted = {
    publicUrl,
    ownUrl: url,
    reach: addresses.reach,
    signIn: isSignInSaid ? null : signIn,
    tokenFile: relative(process.cwd(), adminTokenFile),
    canPage: await admin.canPage(),
    breakCommand: demoHost?.breakCommand ?? null,
  };
  const qr = qrTextOf(greeted);
  if (qr !== null && process.stdout.isTTY === true) say(`\n${renderUnicodeCompact(qr)}`);
  for (const line of greetingOf(greeted)) say(line);
}

async function runStory(options: StartOptions): Promise<number> {
  const pages: TerminalPage[] = [];
  const stateDir = storyStateDir();
  const desk = await startDesk(options, {
    stateDir,
    onPage: (page) => {
      pages.push(page);
      say(formatPage(page));
    },
  });
  const { controlPlane, demoHost, signIn } = desk;
  if (demoHost === null) throw new Refusal("--story needs a demo host: leave out --host none.");
  assert("url" in signIn, "a story begins from nothing, so nobody is signed in");
  const parts = {
    deskUrl: controlPlane.publicUrl,
    signInUrl: signIn.url,
    demoHost,
    enrol: (trustWords: string) => enrolDemoHost(desk, trustWords),
    pages,
    onStep: sayStep,
  };
  const isHostile = options.hostile === true;
  const summary = isHostile
    ? await playHostileStory({ ...parts, controlPlane, stateDir })
    : await playStory(parts);
  if (options.json === true) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else process.stdout.write(`${wordsOf(summary.ok, isHostile)}\n`);
  if (!summary.ok) say(logTailOf(controlPlane.logFile));
  return summary.ok ? 0 : 1;
}

function wordsOf(isOk: boolean, isHostile: boolean): string {
  if (!isHostile) return isOk ? "The story happened, every step of it." : "The story did not happen.";
  return isOk
    ? "The host refused every attempt, and ran only what people had signed."
    : "The host did not refuse every attempt, or the honest act did not run.";
}

function sayStep({ durationMs, evidence, name, ok }: StepRecord): void {
  const why = ok ? "" : `: ${String(evidence.reason)}`;
  say(`${ok ? "✓" : "✗"} ${name} (${(durationMs / 1_000).toFixed(1)}s)${why}`);
}

function logTailOf(file: string): string {
  try {
    return `Last lines of the control plane's log:\n${readFileSync(file, "utf8").trimEnd().split("\n").slice(-15).join("\n")}`;
  } catch {
    return "The control plane's log is empty.";
  }
}

async function main(): Promise<void> {
  const options = readStartOptions(process.argv.slice(2));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      if (isEnding()) return;
      say("\nStopping …");
      void end(signal === "SIGINT" ? 130 : 143);
    });
  // Whoever started this may be killed without a word.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && void end(1), PARENT_POLL_MS).unref();
  if (options.story === true) await end(await runStory(options));
  await start(options);
}

main().catch((error: unknown) => {
  // What was not understood is said already.
  if (error instanceof CommanderError) return void end(error.exitCode);
  say(
    error instanceof Refusal
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error),
  );
  void end(1);
});
