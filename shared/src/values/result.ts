// The value of an expected no. A refusal is returned, never thrown (docs/ARCHITECTURE: errors, three kinds). Pure.

/** Either a value, or a refusal that names its reason; refusals are tagged unions with a `reason` field. */
export type Result<T, E extends { readonly reason: string }> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** Wraps a value that was granted. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** Wraps a refusal. */
export function refuse<E extends { readonly reason: string }>(
  error: E,
): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** States an invariant in words; a false one is our own fault and throws, in production too. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${invariant}`);
}
