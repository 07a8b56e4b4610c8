// Keys of the desk and of hosts as they stand in files and messages: Ed25519, raw.
import * as z from "zod";

/** Raw 32 bytes, base64. */
export const PublicKey = z.base64().length(44);

export const DeskKey = z.strictObject({ keyId: z.string().min(1).max(80), publicKey: PublicKey });
export type DeskKey = z.infer<typeof DeskKey>;

/** Two while one takes the other's place. */
export const DeskKeys = z
  .array(DeskKey)
  .min(1)
  .max(4)
  .refine((keys) => new Set(keys.map(({ keyId }) => keyId)).size === keys.length, {
    error: "each keyId once",
  })
  .refine((keys) => new Set(keys.map(({ publicKey }) => publicKey)).size === keys.length, {
    error: "each key once",
  });
