// The secret that a channel names, read from the Worker's bindings. Only bindings whose name begins with CHANNEL_ are ever read, whatever
// a policy says: the desk's own keys are bindings too. A problem names the binding, never its value.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { isChannelSecretName } from "../policy/policy-channel.ts";

/** Shorter keys can be guessed (Standard Webhooks asks for at least 24). */
const WEBHOOK_KEY_BYTES_MIN = 16;

type Read<T> = Result<T, { readonly reason: "secret-unusable"; readonly problem: string }>;

/** The text of a binding for channels. */
export function readSecret(bindings: object, name: string): Read<string> {
  if (!isChannelSecretName(name)) return unusable(`the binding ${name} does not begin with CHANNEL_`);
  const value: unknown = Object.hasOwn(bindings, name) ? Reflect.get(bindings, name) : undefined;
  if (typeof value !== "string" || value === "") return unusable(`the binding ${name} is not set`);
  return ok(value);
}

/** An access token that fits into a header. */
export function readToken(bindings: object, name: string): Read<string> {
  const secret = readSecret(bindings, name);
  if (!secret.ok) return secret;
  return /^[\x21-\x7e]+$/.test(secret.value)
    ? secret
    : unusable(`the binding ${name} holds no token: it has blanks, line ends or letters beyond ASCII`);
}

/** A `whsec_…` signing key. */
export function readWebhookKey(bindings: object, name: string): Read<Uint8Array<ArrayBuffer>> {
  const secret = readSecret(bindings, name);
  if (!secret.ok) return secret;
  const key = decodeBase64(secret.value.replace(/^whsec_/, ""));
  return key !== null && key.length >= WEBHOOK_KEY_BYTES_MIN
    ? ok(key)
    : unusable(`the binding ${name} is no whsec_ secret of at least ${WEBHOOK_KEY_BYTES_MIN} bytes`);
}

function unusable(problem: string) {
  return refuse({ reason: "secret-unusable" as const, problem });
}
