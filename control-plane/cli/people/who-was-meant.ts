// What is said where the desk knows no such person, or none of their channels by that name: who or what could have been
// meant. What a reader would get wrong: the desk has refused already; its policy is asked for the names alone, and where
// it says none, the desk's own words stand.
import { nearestOf } from "@countersign/shared/values/expected-keys";
import { parsePolicyText } from "../../src/policy/policy-file.ts";
import type { ApiRefusal } from "../api-calls.ts";
import { complain, type Desk, EXIT } from "../desk.ts";

/** Says a refusal, and the exit code for it: a name that was mistyped is wrong input. */
export async function complainOfNames(
  { channel = null, responder }: { readonly responder: string; readonly channel?: string | null },
  { api, output }: Desk,
  refusal: ApiRefusal,
): Promise<number> {
  const type = String(refusal.problem?.["type"]);
  const isPerson = type.endsWith(":responder-unknown");
  if (!isPerson && !type.endsWith(":channel-unknown")) return complain(output, refusal);
  const shown = await api.ask("GET /v1/admin/policy", {});
  const read = shown.ok ? parsePolicyText(shown.value.text) : shown;
  if (!read.ok) return complain(output, refusal);
  const { responders } = read.value;
  const theirs = responders.find(({ id }) => id === responder)?.channels ?? [];
  output.complain(
    isPerson
      ? `The policy has no responder ${responder}${meantOf(
          responder,
          responders.map(({ id }) => id),
        )}`
      : `${responder} has no channel ${channel ?? ""}${meantOf(channel ?? "", theirs)}`,
  );
  return EXIT.badInput;
}

function meantOf(name: string, known: readonly string[]): string {
  const near = nearestOf(name, known);
  return near === null
    ? `: there is ${known.join(", ") || "none"}.`
    : `: did you mean ${near}? There is ${known.join(", ")}.`;
}
