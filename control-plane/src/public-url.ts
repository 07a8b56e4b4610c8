// Where people reach the desk, as the deployment says it in PUBLIC_URL. Pure. Every link is made from here, and none is made from an
// address that cannot be right: a sign-in link to somebody else's domain would hand the token to its owner.
import { ok, refuse, type Result } from "@countersign/shared/values/result";

/** RFC 2606 and 6761 keep these for examples: nobody's desk is there. */
const EXAMPLE_NAMES = /(^|\.)(example|example\.(com|net|org)|example\.workers\.dev|invalid)$/;

/** The address without a slash at its end; refused: unset, unreadable, or an example such as the one in wrangler.toml. */
export function parsePublicUrl(
  text: string | undefined,
): Result<string, { readonly reason: "public-url-unusable" }> {
  const url = URL.parse(text ?? "");
  if (url === null || !isPlainAddress(url)) return refuse({ reason: "public-url-unusable" });
  const name = url.hostname.replace(/\.+$/, "");
  if (name === "" || EXAMPLE_NAMES.test(name)) return refuse({ reason: "public-url-unusable" });
  return ok(`${url.origin}${url.pathname}`.replace(/\/+$/, ""));
}

function isPlainAddress(url: URL): boolean {
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  return isWeb && [url.username, url.password, url.search, url.hash].every((part) => part === "");
}

/** Whether people reach the desk by TLS. A proxy may end it before us, so the public address counts too, however it is written. */
export function isReachedByTls(requestUrl: string, publicUrl: string | undefined): boolean {
  return [requestUrl, publicUrl].some((text) => URL.parse(text ?? "")?.protocol === "https:");
}
