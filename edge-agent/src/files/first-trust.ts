// The trust file of version 1, which believed keys by role: read only to take over who a host is. Pure.
import * as z from "zod";
import { HostId } from "@countersign/shared/values/ids";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import { type LevelFloor, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import { PublicKey } from "@countersign/shared/wire/public-key";

const Role = z.enum(["desk", "approver"]);
const roles = z.array(Role).optional();

export const FirstTrust = z.object({
  version: z.literal(1),
  hostId: HostId,
  keys: z
    .array(z.object({ keyId: z.string().min(1).max(80), role: Role, publicKey: PublicKey }))
    .min(1)
    .max(32),
  rolesRequired: z.object({ 1: roles, 2: roles, 3: roles, 4: roles, 5: roles }),
});
export type FirstTrust = z.infer<typeof FirstTrust>;

/** The same host, and the same desk. What was stricter than usual stays so; approvers' own keys of version 1 count no more. */
export function hostTrustOfFirst(
  first: FirstTrust,
  deskKeys: HostTrust["deskKeys"],
  party: HostTrust["party"] = null,
): HostTrust {
  const floor: LevelFloor = {};
  for (const level of [1, 2, 3, 4, 5] as const) {
    const required = first.rolesRequired[level] ?? [];
    if (required.length === 0) floor[level] = "closed";
    else if (required.includes("approver")) floor[level] = ONE_PERSON;
  }
  return {
    version: 2,
    hostId: first.hostId,
    party,
    deskKeys,
    ...(Object.keys(floor).length === 0 ? {} : { floor }),
  };
}

/** Desk keys of a file of version 1. */
export function deskKeysOfFirst({ keys }: FirstTrust): HostTrust["deskKeys"] {
  return keys
    .filter(({ role }) => role === "desk")
    .map(({ keyId, publicKey }) => ({ keyId, publicKey }))
    .slice(0, 4);
}
