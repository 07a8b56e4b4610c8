// The host's trust file: root-owned /etc/countersign/trust.json. It pins the keys whose signatures this host believes, and says
// which roles must sign for each level. A level that is not listed can never be granted (deny by default).
import * as z from "zod";
import { HostId } from "../values/ids.ts";

export const PublicKey = z.base64().length(44);

export const Trust = z.strictObject({
  version: z.literal(1),
  /** whose trust file this is: grants for another host are refused */
  hostId: HostId,
  keys: z
    .array(
      z.strictObject({
        keyId: z.string().min(1).max(80),
        role: z.enum(["desk", "approver"]),
        algorithm: z.literal("ed25519"),
        /** raw 32 bytes, base64 */
        publicKey: PublicKey,
      }),
    )
    .min(1)
    .max(32)
    .refine((keys) => new Set(keys.map(({ keyId }) => keyId)).size === keys.length, {
      error: "each keyId once",
    }),
  /** roles that must have signed, by the action's level */
  rolesRequired: z.strictObject({
    1: z
      .array(z.enum(["desk", "approver"]))
      .min(1)
      .optional(),
    2: z
      .array(z.enum(["desk", "approver"]))
      .min(1)
      .optional(),
    3: z
      .array(z.enum(["desk", "approver"]))
      .min(1)
      .optional(),
    4: z
      .array(z.enum(["desk", "approver"]))
      .min(1)
      .optional(),
    5: z
      .array(z.enum(["desk", "approver"]))
      .min(1)
      .optional(),
  }),
});
export type Trust = z.infer<typeof Trust>;
