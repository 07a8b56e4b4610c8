// The secret that a channel names, and how it is read from the Worker's bindings. Deny by default: only bindings whose name begins with
// CHANNEL_ are ever read, whatever a policy says, because the desk's own keys are bindings too. A problem names the binding, never its value.
import { ok, refuse, type Result } from "@countersign/shared/values/result";

/** Why a secret cannot be used, in words for a person: they name its binding, and never hold what is in it. */
export interface SecretUnusable {
  readonly reason: "secret-unusable";
  readonly problem: string;
}

/** Names of bindings that channels may read. */
export const CHANNEL_SECRET_NAME = /^CHANNEL_[A-Z0-9_]{1,56}$/;

/** Says whether a binding of that name may be a channel's secret. */
export function isChannelSecretName(name: string): boolean {
  return CHANNEL_SECRET_NAME.test(name);
}

/** The text of a binding for channels. */
export function readSecret(bindings: object, name: string): Result<string, SecretUnusable> {
  if (!isChannelSecretName(name)) return unusable(`the binding ${name} does not begin with CHANNEL_`);
  const value: unknown = Object.hasOwn(bindings, name) ? Reflect.get(bindings, name) : undefined;
  if (typeof value !== "string" || value === "") return unusable(`the binding ${name} is not set`);
  return ok(value);
}

/** Says whether a binding of that name is there for channels, whatever it holds. */
export function isSecretBound(bindings: object, name: string): boolean {
  return readSecret(bindings, name).ok;
}

/** An access token that fits into a header. */
export function readToken(bindings: object, name: string): Result<string, SecretUnusable> {
  const secret = readSecret(bindings, name);
  if (!secret.ok) return secret;
  return /^[\x21-\x7e]+$/.test(secret.value)
    ? secret
    : unusable(`the binding ${name} holds no token: it has blanks, line ends or letters beyond ASCII`);
}

/** What is wrong with what was read; null: nothing. */
export function problemIn(read: Result<unknown, SecretUnusable>): string | null {
  return read.ok ? null : read.error.problem;
}

/** Refuses a secret in words for a person, in which it may not stand. */
export function unusable(problem: string): { readonly ok: false; readonly error: SecretUnusable } {
  return refuse({ reason: "secret-unusable", problem });
}
