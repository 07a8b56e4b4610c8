// The second opinion about a late host: a TCP connect from outside to the port that it declared. It words the page and never
// suppresses it. Weakness: the runtime does not say why a connect failed, so every failure before the bound counts as "refused"
// although some networks answer "unreachable" at once, too; only silence until the bound is "no answer".
import { connect } from "cloudflare:sockets";
import { parseIpAddress } from "@countersign/shared/values/ip-address";
import type { SecondOpinion } from "../../core/shard/host/shard-state.ts";

/** How long the host has to answer. */
export const SECOND_OPINION_TIMEOUT_MS = 2_000;

/**
 * Says whether an address may be asked at all: never one that reaches us ourselves or our own link, whatever the edge states. What is no
 * address is none of a host's. Embedded, hosts live on this machine and its links.
 */
export function isAskable(address: string, isEmbedded: boolean): boolean {
  const reach = parseIpAddress(address.includes(":") ? `[${address}]` : address)?.reach ?? "forbidden";
  return isEmbedded || reach === "elsewhere" || reach === "private";
}

/** Connects, and hangs up at once. Never throws. */
export async function askSecondOpinion(
  address: string,
  port: number,
): Promise<Exclude<SecondOpinion, "not-asked">> {
  const expiry = Promise.withResolvers<"no-answer">();
  const timer = setTimeout(() => expiry.resolve("no-answer"), SECOND_OPINION_TIMEOUT_MS);
  try {
    const socket = connect({ hostname: address, port });
    // Both promises reject when the connect fails; `opened` is the one that is read.
    socket.closed.catch(() => {});
    const opened = socket.opened.then(() => "answers" as const);
    const opinion = await Promise.race([opened, expiry.promise]);
    opened.catch(() => {});
    socket.close().catch(() => {});
    return opinion;
  } catch {
    return "refused";
  } finally {
    clearTimeout(timer);
  }
}
