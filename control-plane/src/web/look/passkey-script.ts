// The desk's one script, written by hand and without a library: it opens the device's sheet for a passkey and puts what that signed into the form,
// which then goes its usual way. It decides nothing and fetches nothing. A text, for it runs in browsers alone; test/browser/passkey.test.tsx runs it.
// What a reader would get wrong: a view that fetches itself anew would close the sheet over somebody's finger, so that is stopped first.
import { sha256Hex } from "@countersign/shared/values/digest";

/** `<form data-passkey="get" data-options=JSON>` with a hidden field `assertion`, or `"create"` with `registration`. */
export const PASSKEY_SCRIPT = `"use strict";
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const creates = form.dataset.passkey === "create";
  const field = form.elements[creates ? "registration" : "assertion"];
  const button = form.querySelector("button");
  const under = button.querySelector("small");
  const said = form.querySelector("[role=status]");
  const nothing = creates ? "no passkey was made." : "nothing was signed.";
  const cancelled = "You cancelled, or it took too long, or this device has no passkey for it: " + nothing;
  const words = {
    NotAllowedError: cancelled,
    AbortError: cancelled,
    InvalidStateError: "This device has a passkey for this desk already: " + nothing,
    NotSupportedError: "This device makes no passkey of a kind that hosts can check: " + nothing,
    ConstraintError: "This device has no screen lock, finger or face to ask for: " + nothing,
    SecurityError: "The desk's passkeys do not work at this address: " + nothing,
  };
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=/g, "");
  const ids = (list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));

  const create = async (options) => {
    const user = { ...options.user, id: bytes(options.user.id) };
    const publicKey = { ...options, user, challenge: bytes(options.challenge) };
    const { id, type, response } = await navigator.credentials.create({ publicKey });
    const transports = response.getTransports ? response.getTransports() : [];
    const parts = { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) };
    return { id, rawId: id, type, clientExtensionResults: {}, response: { ...parts, transports } };
  };
  const get = async (options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: ids(options.allowCredentials) };
    const { id, response } = await navigator.credentials.get({ publicKey });
    const parts = { authenticatorData: text(response.authenticatorData), clientDataJSON: text(response.clientDataJSON) };
    return { scheme: "webauthn", credentialId: id, ...parts, signature: text(response.signature) };
  };
  const sign = async () => {
    button.disabled = true;
    said.textContent = "Waiting for your passkey …";
    window.stop();
    try {
      field.value = JSON.stringify(await (creates ? create : get)(JSON.parse(form.dataset.options)));
      said.textContent = creates ? "Made. Sending it …" : "Signed. Sending it …";
      form.submit();
    } catch (error) {
      said.textContent = words[error.name] || "It failed (" + error.message + "): " + nothing;
      button.disabled = false;
      const moves = document.querySelector("[data-moves]");
      if (moves) setTimeout(() => button.disabled || location.reload(), moves.dataset.moves * 1000);
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!button.disabled) sign();
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  field.value = "";
  if (window.PublicKeyCredential) {
    if (under) under.textContent = button.dataset.ready;
    button.disabled = false;
  } else said.textContent = "This browser knows no passkeys, or came here without https: nothing can be signed.";
}
`;

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
