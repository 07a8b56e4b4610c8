// Looks at a credential's file: kind, owner, link target, and its expiry where one is declared. Nothing else of its content
// is kept, and nothing of it leaves the host, in no sentence either. Not pure. A declared expiry that cannot be read is told
// as that: it is not none.
import { lstat, readlink } from "node:fs/promises";
import type { CredentialSpec } from "@countersign/shared/host/evidence-spec";
import { ok, type Result } from "@countersign/shared/values/result";
import type { Fact } from "@countersign/shared/wire/fact";
import { expiryInText, type FoundExpiry } from "../core/evidence/credential-expiry.ts";
import { NOTHING_READ, type Reading } from "../core/evidence/evidence-book.ts";
import { none, type NoExpiry } from "../core/evidence/expiry-instant.ts";
import { certificateExpiry } from "./certificate-expiry.ts";
import { readBytes, readText } from "./read-bounded.ts";
import { failedReading, joinReadings } from "./source.ts";

/** A larger file is no credential. */
export const CREDENTIAL_BYTES_MAX = 64 * 1024;
const PASSWD_BYTES_MAX = 256 * 1024;
const LINK_TARGET_CHARS_MAX = 300;

type CredentialFact = Extract<Fact, { kind: "credential" }>;

/** Looks at a credential now. */
export async function readCredential(credential: CredentialSpec, service: string): Promise<Reading> {
  const { name, path, expiry, refresh } = credential;
  const base = {
    kind: "credential",
    service,
    at: Date.now(),
    credential: name,
    expiresAt: null,
    ...(expiry === undefined ? {} : { isExpiryUnread: true as const }),
    ...(refresh === "self" ? { refreshes: true as const } : {}),
  } as const;
  try {
    const stats = await lstat(path);
    if (!stats.isFile() && !stats.isSymbolicLink())
      return { ...NOTHING_READ, problems: [`${path} is neither a file nor a symlink`] };
    const linkTarget = stats.isSymbolicLink() ? (await readlink(path)).slice(0, LINK_TARGET_CHARS_MAX) : null;
    const fileKind = linkTarget === null ? "file" : "symlink";
    const owner = await ownerOf(stats.uid);
    return await withExpiry(credential, { ...base, fileKind, owner, linkTarget });
  } catch (error) {
    const missing: CredentialFact = { ...base, fileKind: "missing", owner: "nobody", linkTarget: null };
    return failedReading(path, error, {
      ...NOTHING_READ,
      states: [missing],
      problems: [`credential ${name}: ${path} is not there`],
    });
  }
}

// What the file looks like is told even where its expiry cannot be read.
async function withExpiry(credential: CredentialSpec, shape: CredentialFact): Promise<Reading> {
  const { name, path } = credential;
  const plain: Reading = { ...NOTHING_READ, states: [shape] };
  if (credential.expiry === undefined) return plain;
  try {
    const found = expiryIn(await readBytes(path, CREDENTIAL_BYTES_MAX), credential.expiry);
    if (found.ok) return { ...plain, states: [readShape(shape, credential, found.value)] };
    return { ...plain, problems: [`credential ${name}: ${path}: ${found.error.problem}`] };
  } catch (error) {
    return joinReadings([plain, await failedReading(path, error)]);
  }
}

function readShape(
  { isExpiryUnread: _read, ...shape }: CredentialFact,
  { refresh }: CredentialSpec,
  { expiresAt, isRefreshable }: FoundExpiry,
): CredentialFact {
  if (isRefreshable && refresh === undefined) return { ...shape, expiresAt, refreshes: true };
  return { ...shape, expiresAt };
}

function expiryIn(
  bytes: Buffer | null,
  expiry: NonNullable<CredentialSpec["expiry"]>,
): Result<FoundExpiry, NoExpiry> {
  if (bytes === null)
    return none(`is larger than ${CREDENTIAL_BYTES_MAX / 1024} KiB, which no credential is`);
  if (expiry !== "certificate") return expiryInText(bytes.toString("utf8"), expiry);
  const expiresAt = certificateExpiry(bytes);
  return expiresAt.ok ? ok({ expiresAt: expiresAt.value, isRefreshable: false }) : expiresAt;
}

const ownerNames = new Map<number, string>();

/** The name of a user; its number where it has none. */
async function ownerOf(uid: number): Promise<string> {
  const known = ownerNames.get(uid);
  if (known !== undefined) return known;
  const passwd = (await readText("/etc/passwd", PASSWD_BYTES_MAX).catch(() => null)) ?? "";
  const line = passwd.split("\n").find((candidate) => candidate.split(":")[2] === String(uid));
  const name = (line?.split(":")[0] || `uid ${uid}`).slice(0, 80);
  ownerNames.set(uid, name);
  return name;
}
