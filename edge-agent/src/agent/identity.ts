// Who this host is: its private key and where it is enrolled. One file in the agent's state directory, 0600. The key is the
// identity; name and address of the host are not.
import { chown, readFile, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { HostId, hostIdOf, ShardName } from "@countersign/shared/values/ids";
import { refuse, ok, type Result } from "@countersign/shared/values/result";
import { PublicKey } from "@countersign/shared/wire/public-key";
import { generateKeyPair, type StoredKeyPair } from "@countersign/shared/wire/signature";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { writeDurably } from "../durable-file.ts";

const PrivateKey = z.base64().min(40).max(200);

export const Identity = z.strictObject({
  version: z.literal(1),
  /** the control plane's address, as enrolled */
  url: z.url({ protocol: /^https?$/ }),
  hostId: HostId,
  shard: ShardName,
  publicKey: PublicKey,
  privateKey: PrivateKey,
  deskKeyId: z.string().min(1).max(80),
  deskPublicKey: PublicKey,
  /** epoch ms, for display */
  enrolledAt: z.int().min(0),
});
export type Identity = z.infer<typeof Identity>;

const PendingKey = z.strictObject({ version: z.literal(1), publicKey: PublicKey, privateKey: PrivateKey });

/** The identity at `path`; null when the host is not enrolled. */
export async function loadIdentity(path: string): Promise<Result<Identity | null, CommandRefusal>> {
  const text = await readIfThere(path);
  if (text === null) return ok(null);
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0)
    return refuse({
      reason: "identity-loose",
      sentence: `${path} holds this host's private key and may be read by others: run \`chmod 600 ${path}\`, and enrol again with --force if others had access to it.`,
    });
  const identity = parseJson(Identity, text);
  if (identity === null)
    return refuse({
      reason: "identity-unreadable",
      sentence: `${path} is damaged: enrol this host again with \`countersign-agent enroll --force\`.`,
    });
  return ok(identity);
}

/** Stores the identity; from here on the host is enrolled. */
export async function saveIdentity(path: string, identity: Identity): Promise<void> {
  await writeDurably(path, `${JSON.stringify(identity, null, 2)}\n`, 0o600);
  await giveToDirectoryOwner(path);
}

/**
 * The key of an enrolment that is under way: made once and kept until the enrolment is complete, so that a lost answer of
 * the control plane can be asked for again with the same key, which it then recognises.
 */
export async function loadOrMakePendingKey(path: string): Promise<StoredKeyPair> {
  const text = await readIfThere(path);
  const kept = text === null ? null : parseJson(PendingKey, text);
  if (kept !== null) return { publicKey: kept.publicKey, privateKey: kept.privateKey };
  const made = await generateKeyPair();
  await writeDurably(path, `${JSON.stringify({ version: 1, ...made })}\n`, 0o600);
  await giveToDirectoryOwner(path);
  return made;
}

/** Forgets the pending key. */
export async function dropPendingKey(path: string): Promise<void> {
  await rm(path, { force: true });
}

/**
 * Root enrols, the agent's dynamic user reads. systemd hands a state directory over whole, but only while the directory itself is
 * not yet the user's: a file that root makes there later (enrolling again) it leaves alone.
 */
async function giveToDirectoryOwner(path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(path));
  if (uid !== 0) await chown(path, uid, gid);
}

/** The host id that belongs to a public key in base64. */
export function hostIdOfKey(publicKey: string): string | null {
  const raw = decodeBase64(publicKey);
  return raw === null ? null : hostIdOf(raw);
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Error(`Read ${path}`, { cause });
  }
}

/** Parses a text as JSON of one shape; null when it is anything else. */
export function parseJson<T>(schema: z.ZodType<T>, text: string): T | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  return schema.safeParse(json).data ?? null;
}
