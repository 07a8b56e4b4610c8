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
  if ((form.get("assertion") ?? "") === "" || !SIGNED.includes(kind)) return ok(undefined);
  const read = assertionIn(form);
  return read === null ? refuse({ reason: "passkey-wrong" }) : ok(read);
}

/** The assertion of a form that cannot do without; null: it has none that can be read. */
export function assertionIn(form: URLSearchParams): Assertion | null {
  try {
    const read = Assertion.safeParse(JSON.parse(form.get("assertion") ?? ""));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
