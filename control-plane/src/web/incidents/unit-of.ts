// The systemd unit that an incident's service has, as far as its host itself has said it: in the command that it would run. Pure.
import { UnitName } from "@countersign/shared/host/catalogue";
import type { FoundIncident } from "../../http/post-mortem.ts";

/** null: nothing of it tells. */
export function unitIn({ approvals, earlier }: Pick<FoundIncident, "approvals" | "earlier">): string | null {
  const words = [...approvals, ...earlier].map(({ proposal }) => proposal.argv.at(-1) ?? "");
  return words.find((word) => UnitName.safeParse(word).success) ?? null;
}
