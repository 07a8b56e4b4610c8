// Whether Twilio sent a request: X-Twilio-Signature is the HMAC-SHA-1, under the account's auth token, of the whole URL
// and of each parameter of the body, sorted by name (https://www.twilio.com/docs/usage/webhooks/webhooks-security).
// Pure but for the digest. What a reader would get wrong: of an https address with a port Twilio may sign the one
// without it, so both are looked at; no other part may differ.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";

/** What was signed: the address as Twilio called it, and the parameters of the body. */
export interface TwilioSigned {
  readonly url: string;
  readonly parameters: readonly (readonly [string, string])[];
}

/** Says whether the signature is that of the account; in constant time. */
export async function isTwilioSigned(
  signed: TwilioSigned,
  { authToken, signature }: { readonly authToken: string; readonly signature: string },
): Promise<boolean> {
  const bytes = decodeBase64(signature);
  if (bytes === null) return false;
  const algorithm = { name: "HMAC", hash: "SHA-1" };
  const key = await crypto.subtle.importKey("raw", encodeUtf8(authToken), algorithm, false, ["verify"]);
  const found = await Promise.all(
    addressesOf(signed.url).map((url) => crypto.subtle.verify("HMAC", key, bytes, signedText(signed, url))),
  );
  return found.includes(true);
}

function signedText({ parameters }: TwilioSigned, url: string): Uint8Array<ArrayBuffer> {
  const sorted = parameters.toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return encodeUtf8(url + sorted.map(([name, value]) => name + value).join(""));
}

/** The URL's own parser may write an address in another way, so the port is taken out of the text. */
function addressesOf(url: string): readonly string[] {
  const [, begin, rest] = /^(https:\/\/[^/?#]*?):[0-9]+([/?#].*)?$/.exec(url) ?? [];
  return begin === undefined ? [url] : [url, begin + (rest ?? "")];
}
