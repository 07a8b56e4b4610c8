// The first passkey, before the demo host and after: what a person is told, how long it is waited for, and what becomes of a host that was
// enrolled without it. What a reader would get wrong: nothing here makes a host believe anybody. Root of the demo host does, by the words; and who
// started it is root of it.
import type { Admin, TrustNow } from "../admin.ts";
import type { DemoHostProcess } from "../demo-host-process.ts";

const WAIT_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
/** Each waits for half a minute until something is offered. */
const ACCEPT_TRIES_MAX = 5;

/** Waits for a first passkey, for a minute at most; ends at once when there is one, or when there can be none. */
export async function waitForPasskey(admin: Pick<Admin, "trust">, waitMs = WAIT_MS): Promise<TrustNow> {
  const untilAt = Date.now() + waitMs;
  for (;;) {
    const trust = await admin.trust();
    if (trust.words !== null || trust.passkeysAt === null || Date.now() >= untilAt) return trust;
    await pause(Math.min(LOOK_EVERY_MS, Math.max(1, untilAt - Date.now())));
  }
}

/** What is said before it is waited for. */
export function waitingLines(signIn: string): readonly string[] {
  return [
    "",
    `Sign in (15 min):   ${signIn}`,
    "Create your passkey there first: the demo host believes it from the beginning, and restarts nothing without it.",
  ];
}

/** What it means that there is none; empty: there is one. */
export function closedText({ passkeysAt, words }: TrustNow): readonly string[] {
  if (words !== null) return [];
  const consequence = "levels 4 and 5 (restart, config fallback) stay closed on the demo host";
  return passkeysAt === null
    ? [
        `This desk is told by an address, and a passkey needs a name: ${consequence}. Open it as localhost, or put https in front (--public-url).`,
      ]
    : [`Nobody has a passkey yet: ${consequence} until somebody makes one at ${passkeysAt}.`];
}

/**
 * Has the demo host accept the fleet's trust once there is one, if it believes none; says so. Returns how to call it off. A host that believes a
 * version takes the next ones by itself.
 */
export function acceptLater(parts: {
  readonly admin: Pick<Admin, "trust">;
  readonly demoHost: Pick<DemoHostProcess, "acceptTrust">;
  readonly say: (text: string) => void;
  readonly lookEveryMs?: number;
}): () => void {
  const { admin, demoHost, lookEveryMs = LOOK_EVERY_MS, say } = parts;
  let isOver = false;
  const look = async () => {
    let triesLeft = ACCEPT_TRIES_MAX;
    while (!isOver) {
      const { words } = await admin.trust();
      const refusal = words === null || isOver ? null : await refusalOf(demoHost.acceptTrust(words));
      if (isOver) return;
      if (words !== null && refusal === null)
        return say(`The demo host believes your passkey now (${words}): levels 4 and 5 are open there.`);
      // What the desk has reaches the host a moment later, and is offered there.
      if (refusal !== null) triesLeft -= 1;
      if (triesLeft === 0) return say(`The demo host does not believe your passkey: ${refusal ?? ""}`);
      await pause(lookEveryMs);
    }
  };
  void look();
  return () => void (isOver = true);
}

function refusalOf(done: Promise<void>): Promise<string | null> {
  return done.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
