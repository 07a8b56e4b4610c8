// Gives a person's yes in advance to a desk of the tests, and has a host propose under it.
import { standInYes } from "../../../../../control-plane/replay/world/stand-in.ts";
import type { GiveStanding } from "../../../../../control-plane/src/core/desk/acts/give-standing.ts";
import { type Desk, proposalText, SERVICE, START_AT } from "../desk-fixtures.ts";

export type Level = 1 | 2 | 3 | 4 | 5;

let givenCount = 0;

export function give(desk: Desk, changes: Partial<GiveStanding> & { readonly by?: string } = {}) {
  givenCount += 1;
  const given = { subject: SERVICE, action: "restart", usesMax: 2, untilAt: START_AT + 3_600_000 };
  const { by = "bob", ...others } = changes;
  const signed = { standingId: `std_${givenCount}`, signed: standInYes(by) };
  const why = "it leaks until Friday";
  return desk.act(by, { kind: "give-standing", ...signed, ...given, why, ...others });
}

/** The service fails, and its host proposes. */
export function propose(
  desk: Desk,
  options: { level?: Level; unattended?: boolean; requestId?: string } = {},
) {
  const { level = 4, unattended = false, requestId = "prq_1" } = options;
  desk.fire({ proposalRequestId: requestId });
  return desk.propose({
    requestId,
    asked: { action: "restart", level },
    proposal: proposalText({ level }),
    ...(unattended ? { unattended: { action: "restart", tags: [] } } : {}),
  });
}

/** Who may decide. */
export const POLICY_PEOPLE = [
  { id: "alice", name: "Alice", channels: ["terminal"] },
  { id: "bob", name: "Bob", channels: ["terminal"] },
  { id: "operator", name: "Operator", channels: ["terminal"] },
];
