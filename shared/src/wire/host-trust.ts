// The host's own trust: root-owned /etc/countersign/trust.json. It says who this host is, where people sign, which desk it obeys as long as it
// believes no approver, and a floor below which no version of the fleet's trust can go. Nothing that travels changes it.
//
// Version history:
//   1  2026-11-22  first version: keys and the roles that each level required
//   2  2026-11-29  people stand in the fleet's trust (fleet-trust.ts), which is signed by them. A file of version 1 permits nothing any more
import * as z from "zod";
import { HostId } from "../values/ids.ts";
import { RelyingParty } from "./assertion.ts";
import { LevelFloor } from "./level-rule.ts";
import { DeskKeys } from "./public-key.ts";

export const HostTrust = z.strictObject({
  version: z.literal(2),
  /** whose trust this is: grants for another host are refused */
  hostId: HostId,
  /** pinned by root: an assertion made elsewhere is refused. null: none is pinned, so no person can sign for this host */
  party: RelyingParty.nullable(),
  /** believed as long as no version of the fleet's trust is accepted here; from then on those in it */
  deskKeys: DeskKeys,
  /** absent: as the fleet's trust says */
  floor: LevelFloor.optional(),
});
export type HostTrust = z.infer<typeof HostTrust>;
