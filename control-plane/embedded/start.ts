// `npm start`: the control plane in embedded workerd and a demo host with a real agent, until Ctrl-C; with --story, the whole story
// unattended. Progress and talk go to stderr, results to stdout.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { CommanderError } from "commander";
import { renderUnicodeCompact } from "uqr";
import { assert } from "@countersign/shared/values/result";
import { adminOf, type SignInOffer } from "./admin.ts";
import { channelSecretsOf } from "./channel-secrets.ts";
import { startControlPlane, type ControlPlane } from "./control-plane.ts";
import { startDemoHost, type DemoHostProcess } from "./demo-host-process.ts";
import { type DeskAddresses, deskAddressesOf, isLocalhostTaken } from "./desk-addresses.ts";
import { greetingOf, qrTextOf } from "./greeting.ts";
import { chooseHostKind, hostKindText } from "./host-kind.ts";
import { formatPage } from "./print-page.ts";
import { showStep } from "./progress.ts";
import { readPolicy } from "./read-policy.ts";
import { Refusal } from "./refusal.ts";
import { readStartOptions, type HostKind, type StartOptions } from "./start-options.ts";
import { openStateDirectory } from "./state-directory.ts";
import { playStory } from "./story/story.ts";
import type { TerminalPage } from "./workerd-messages.ts";

const PARENT_POLL_MS = 1_000;

interface Running {
  readonly controlPlane: ControlPlane;
  readonly addresses: DeskAddresses;
  readonly demoHost: DemoHostProcess | null;
  readonly signIn: SignInOffer;
  readonly hostId: string | null;
  readonly enrolMs: number;
}

const say = (text: string) => process.stderr.write(`${text}\n`);
/** What to end, in this order: the demo host says good-bye while the control plane still lives. */
const endings: Record<"demoHost" | "controlPlane" | "storyState", (() => Promise<void> | void) | null> = {
  demoHost: null,
  controlPlane: null,
  storyState: null,
};
let isEnding = false;

async function end(code: number): Promise<never> {
  if (!isEnding) {
    isEnding = true;
    // One that fails, at once or later, keeps no other from ending.
    for (const ending of Object.values(endings))
      await Promise.resolve()
        .then(() => ending?.())
        .catch((error: unknown) => say(String(error)));
    process.exit(code);
  }
  return new Promise(() => {});
}

async function start(options: StartOptions, onPage: (page: TerminalPage) => void): Promise<Running> {
  const policy = readPolicy(options);
  const addresses = deskAddressesOf(options, networkInterfaces());
  const stateDir = options.story === true ? storyStateDir() : resolve(options.state);
  openStateDirectory(stateDir, options.fresh === true);
  const chosen = await chooseHostKind(options.host, stateDir);
  const { kind } = chosen;
  for (const [index, line] of hostKindText(chosen).entries())
    say(`${index === 0 ? "Demo host: " : "  "}${line}`);
  const demoHost = kind === "none" ? null : await prepareDemoHost(kind, stateDir);
  const controlPlane = await showStep("Control plane", () =>
    startControlPlane({
      port: options.port,
      host: options.listen,
      isProxyTrusted: options.trustProxy === true,
      stateDir,
      policyText: policy.text,
      bindings: channelSecretsOf(process.env),
      publicUrlAt: (port) => publicUrlOf(addresses, port),
      alsoListen: [
        ...addresses.also,
        ...(demoHost?.link ? [{ host: demoHost.link.gateway, port: 0, peer: demoHost.link.address }] : []),
      ],
      onPage,
      onCrash: (sentence) => {
        say(sentence);
        void end(1);
      },
    }),
  );
  endings.controlPlane = controlPlane.stop;
  const admin = adminOf(controlPlane.url, controlPlane.adminToken);
  const enrolled = demoHost === null ? null : await enrolDemoHost(demoHost, controlPlane);
  const signIn = await admin.offerSignIn(policy.operator);
  if (enrolled === null || (await admin.knowsHost(enrolled.hostId)))
    return {
      controlPlane,
      addresses,
      demoHost,
      signIn,
      hostId: enrolled?.hostId ?? null,
      enrolMs: enrolled?.enrolMs ?? 0,
    };
  say(
    "The demo host of this state was retired at the desk, so it is stopped: --fresh begins with a new one.",
  );
  await demoHost?.stop();
  endings.demoHost = null;
  return { controlPlane, addresses, demoHost: null, signIn, hostId: null, enrolMs: 0 };
}

/** `localhost` has two addresses, and the desk listens on one. */
async function publicUrlOf({ publicUrlAt }: DeskAddresses, port: number): Promise<string> {
  const url = new URL(publicUrlAt(port));
  if (url.hostname !== "localhost" || !(await isLocalhostTaken(port))) return publicUrlAt(port);
  say(
    `Something else listens on [::1]:${port}, which is localhost too: the desk is told by 127.0.0.1 instead.`,
  );
  return `http://127.0.0.1:${port}`;
}

/** Steps of the demo host go to whichever progress line is open. */
let note: (text: string) => void = () => {};

function prepareDemoHost(kind: HostKind, stateDir: string): Promise<DemoHostProcess> {
  return showStep(`Demo host (${kind})`, async (show) => {
    note = show;
    const demoHost = await startDemoHost({ kind, stateDir, onStep: (text) => note(text) });
    endings.demoHost = demoHost.stop;
    return demoHost;
  });
}

function enrolDemoHost(demoHost: DemoHostProcess, controlPlane: ControlPlane) {
  const admin = adminOf(controlPlane.url, controlPlane.adminToken);
  return showStep("Agent and actuator on the demo host", async (show) => {
    note = show;
    const startedAt = Date.now();
    const { link } = demoHost;
    const url = link === null ? controlPlane.url : `http://${link.gateway}:${new URL(controlPlane.url).port}`;
    const { hostId } = await demoHost.enrol(url, await admin.createEnrolmentToken());
    return { hostId, enrolMs: Date.now() - startedAt };
  });
}

/** A story always begins from nothing and leaves nothing. */
function storyStateDir(): string {
  const folder = mkdtempSync(join(tmpdir(), "countersign-story-"));
  endings.storyState = () => rmSync(folder, { recursive: true, force: true });
  return folder;
}

async function greet({ addresses, controlPlane, demoHost, signIn }: Running): Promise<void> {
  const { adminToken, adminTokenFile, publicUrl, url } = controlPlane;
  const greeted = {
    publicUrl,
    ownUrl: url,
    reach: addresses.reach,
    signIn,
    tokenFile: relative(process.cwd(), adminTokenFile),
    canPage: await adminOf(url, adminToken).canPage(),
    breakCommand: demoHost?.breakCommand ?? null,
  };
  const qr = qrTextOf(greeted);
  if (qr !== null && process.stdout.isTTY === true) say(`\n${renderUnicodeCompact(qr)}`);
  for (const line of greetingOf(greeted)) say(line);
}

async function runStory(options: StartOptions): Promise<number> {
  const pages: TerminalPage[] = [];
  const running = await start(options, (page) => {
    pages.push(page);
    say(formatPage(page));
  });
  const { demoHost, hostId, signIn } = running;
  if (demoHost === null || hostId === null)
    throw new Refusal("--story needs a demo host: leave out --host none.");
  assert("url" in signIn, "a story begins from nothing, so nobody is signed in");
  const summary = await playStory({
    deskUrl: running.controlPlane.url,
    signInUrl: signIn.url,
    demoHost,
    hostId,
    enrolMs: running.enrolMs,
    pages,
    onStep: ({ name, ok, durationMs, evidence }) =>
      say(
        `${ok ? "✓" : "✗"} ${name} (${(durationMs / 1_000).toFixed(1)}s)${ok ? "" : `: ${String(evidence.reason)}`}`,
      ),
  });
  if (options.json === true) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else
    process.stdout.write(
      summary.ok ? "The story happened, every step of it.\n" : "The story did not happen.\n",
    );
  if (!summary.ok) say(logTailOf(running.controlPlane.logFile));
  return summary.ok ? 0 : 1;
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
      if (isEnding) return;
      say("\nStopping …");
      void end(signal === "SIGINT" ? 130 : 143);
    });
  // Whoever started this may be killed without a word.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && void end(1), PARENT_POLL_MS).unref();
  if (options.story === true) await end(await runStory(options));
  await greet(await start(options, (page) => say(formatPage(page))));
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
