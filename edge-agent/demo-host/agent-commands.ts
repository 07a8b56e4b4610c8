// How a demo host of either kind runs the host command as root would at its machine. `run` gives its stdout, and throws when it fails.
import { setTimeout as sleep } from "node:timers/promises";
import type { TrustView } from "../src/core/actuator/trust-words.ts";

type Run = (args: readonly string[], input?: string) => Promise<string>;

const OFFER_TRIES_MAX = 60;
const OFFER_POLL_MS = 500;

/** Enrols; `more` are the flags of this kind of host. */
export async function enrolBy(
  run: Run,
  options: { readonly url: string; readonly token: string; readonly trustWords: string | null },
  more: readonly string[],
): Promise<{ readonly hostId: string }> {
  const { token, trustWords, url } = options;
  const approvers = trustWords === null ? ["--no-approver"] : ["--trust-words", trustWords];
  const enroll = ["enroll", "--url", url, "--token-file", "-", "--json", ...approvers, ...more];
  return { hostId: (JSON.parse(await run(enroll, `${token}\n`)) as { hostId: string }).hostId };
}

/** What the host believes. */
export async function showTrustBy(run: Run, more: readonly string[]): Promise<TrustView> {
  return JSON.parse(await run(["trust", "show", "--json", ...more])) as TrustView;
}

/** Accepts what is offered, as soon as it is. */
export async function acceptTrustBy(run: Run, words: string, more: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < OFFER_TRIES_MAX; attempt += 1) {
    if ((await showTrustBy(run, more)).offered !== null) break;
    await sleep(OFFER_POLL_MS);
  }
  await run(["trust", "accept", "--words", words, ...more]);
}
