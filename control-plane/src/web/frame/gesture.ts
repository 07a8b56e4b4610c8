// What a person's passkey has signed, as a form brings it: JSON of an assertion in the field `assertion`, put there by /passkey.js. Pure. It is
// only read here; whether it holds is looked at by the desk, and by the host.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { Assertion } from "@countersign/shared/wire/assertion";
import type { ActKind } from "../../core/desk/acts/act-list.ts";

/** Acts that a passkey may have signed. */
const SIGNED: readonly ActKind[] = ["approve", "give-standing"];

/** The assertion of a form; undefined: it has none, as without a script. */
export function gestureIn(
  form: URLSearchParams,
  kind: ActKind,
): Result<Assertion | undefined, { readonly reason: "passkey-wrong" }> {
  const text = form.get("assertion") ?? "";
  if (text === "" || !SIGNED.includes(kind)) return ok(undefined);
  try {
    const read = Assertion.safeParse(JSON.parse(text));
    if (read.success) return ok(read.data);
  } catch {
    // No JSON is none either.
  }
  return refuse({ reason: "passkey-wrong" });
}
