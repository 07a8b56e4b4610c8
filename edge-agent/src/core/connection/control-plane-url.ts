// Reads the control plane's address as a person types it, and derives from it where an agent connects and enrols. Pure.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { connectPathOf } from "@countersign/shared/wire/enrolment";
import type { CommandRefusal } from "../command-refusal.ts";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The address without trailing slash, query or fragment. Plain HTTP is for loopback, or where it was asked for by name. */
export function parseControlPlaneUrl(
  text: string,
  options: { readonly allowHttp: boolean },
): Result<string, CommandRefusal> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "")
    return refuse({
      reason: "url-unreadable",
      sentence: `"${text}" is no address: expected one such as https://countersign.example.org.`,
    });
  if (url.username !== "" || url.password !== "")
    return refuse({
      reason: "url-unreadable",
      sentence: "The address must not hold a user name or password: leave out the part before the @.",
    });
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname) && !options.allowHttp)
    return refuse({
      reason: "url-insecure",
      sentence: `http://${url.host} would send the enrolment token unencrypted: use https://, or add --allow-http on a network you trust.`,
    });
  return ok(`${url.origin}${url.pathname.replace(/\/+$/, "")}`);
}

/** Where this host opens its WebSocket. */
export function connectUrlOf(url: string, shard: string, hostId: string): string {
  return `${url.replace(/^http/, "ws")}${connectPathOf(shard, hostId)}`;
}

/** The `host[:port]` that a connection is bound to: a challenge relayed from elsewhere names another one. */
export function audienceOf(url: string): string {
  return new URL(url).host;
}
