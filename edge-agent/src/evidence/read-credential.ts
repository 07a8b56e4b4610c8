// Looks at a credential's file: kind, owner, link target, and its expiry where one is declared. Nothing else of its content is kept, and
// nothing of it leaves the host. Not pure.
import { X509Certificate } from "node:crypto";
import { lstat, readlink } from "node:fs/promises";
import type { CredentialSpec } from "@countersign/shared/host/evidence-spec";
import { type Named, namedAt } from "@countersign/shared/values/named";
import type { Fact } from "@countersign/shared/wire/fact";
import { NOTHING_READ, type Reading } from "../core/evidence/evidence-book.ts";
import { parseInstant, wireInstant } from "../core/instant-text.ts";
import { readText } from "./read-bounded.ts";
import { failedReading, joinReadings } from "./source.ts";

/** A larger file is no credential. */
export const CREDENTIAL_BYTES_MAX = 64 * 1024;
const PASSWD_BYTES_MAX = 256 * 1024;
const LINK_TARGET_CHARS_MAX = 300;

type CredentialFact = Extract<Fact, { kind: "credential" }>;

/** Looks at a credential now. */
export async function readCredential(credential: CredentialSpec, service: string): Promise<Reading> {
  const { name, path } = credential;
  const base = { kind: "credential", service, at: Date.now(), credential: name } as const;
  try {
    const stats = await lstat(path);
    if (!stats.isFile() && !stats.isSymbolicLink())
      return { ...NOTHING_READ, problems: [`${path} is neither a file nor a symlink`] };
    const linkTarget = stats.isSymbolicLink() ? (await readlink(path)).slice(0, LINK_TARGET_CHARS_MAX) : null;
    const fileKind = linkTarget === null ? "file" : "symlink";
    const owner = await ownerOf(stats.uid);
    const shape: CredentialFact = { ...base, fileKind, owner, linkTarget, expiresAt: null };
    return await withExpiry(credential, shape);
  } catch (error) {
    const missing: CredentialFact = {
      ...base,
      fileKind: "missing",
      owner: "nobody",
      linkTarget: null,
      expiresAt: null,
    };
    return failedReading(path, error, {
      ...NOTHING_READ,
      states: [missing],
      problems: [`credential ${name}: ${path} is not there`],
    });
  }
}

// What the file looks like is told even where its expiry cannot be read.
async function withExpiry({ name, path, expiry }: CredentialSpec, shape: CredentialFact): Promise<Reading> {
  const plain: Reading = { ...NOTHING_READ, states: [shape] };
  if (expiry === undefined) return plain;
  try {
    const text = await readText(path, CREDENTIAL_BYTES_MAX);
    const expiresAt = text === null ? null : expiryIn(text, expiry);
    if (expiresAt !== null) return { ...plain, states: [{ ...shape, expiresAt }] };
    return { ...plain, problems: [`credential ${name}: no expiry could be read from ${path}`] };
  } catch (error) {
    return joinReadings([plain, await failedReading(path, error)]);
  }
}

/** Null where the text holds no such expiry; the text itself is in no message, because it is secret. */
function expiryIn(text: string, expiry: NonNullable<CredentialSpec["expiry"]>): number | null {
  try {
    if (expiry === "certificate") return wireInstant(new X509Certificate(text).validToDate.getTime());
    let value: unknown = JSON.parse(text);
    for (const key of expiry.json.split("."))
      value = typeof value === "object" && value !== null ? namedAt(value as Named<unknown>, key) : undefined;
    return parseInstant(value);
  } catch {
    return null;
  }
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
