// The desk's one script, as it is served: where, under which name, with which headers. Its source is control-plane/browser/passkey.ts; what is served
// is that with the library, in one text. test/unit/web/look/passkey-script.test.ts keeps both in step, and writes it anew with
// COUNTERSIGN_UPDATE_SCRIPT=1.
import { sha256Hex } from "@countersign/shared/values/digest";
import BUILT from "./passkey-script.json" with { type: "json" };

/** `<form data-passkey="get" data-options=JSON>` with a hidden field `assertion`, or `"create"` with `registration`. */
export const PASSKEY_SCRIPT = BUILT.text;

/** Where it is; the query names the text, so that a browser keeps it for good and never runs an older one. */
export const PASSKEY_SCRIPT_PATH = "/passkey.js";
const PASSKEY_SCRIPT_VERSION = sha256Hex(PASSKEY_SCRIPT).slice(0, 12);
export const PASSKEY_SCRIPT_SOURCE = `${PASSKEY_SCRIPT_PATH}?${PASSKEY_SCRIPT_VERSION}`;

/** What goes with it, as its asker named it: by an address without its version it is asked for anew each time. */
export function passkeyScriptHeaders(url: string): Readonly<Record<string, string>> {
  const isNamed = new URL(url).search === `?${PASSKEY_SCRIPT_VERSION}`;
  return {
    "cache-control": isNamed ? "public, max-age=31536000, immutable" : "no-cache",
    "content-security-policy": "default-src 'none'",
    "content-type": "text/javascript; charset=utf-8",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
}
