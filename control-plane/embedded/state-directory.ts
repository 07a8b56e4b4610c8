// The embedded control plane's state directory: databases below `workerd/`, and secrets that are made once and readable by their
// owner only. Losing the desk's key would orphan every enrolled host, so a damaged file is reported and never replaced.
// What lies below `secrets/` is its person's (secret-files.ts): nothing here removes it.
import { randomBytes } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import type { LAYOUT } from "../src/stored/layout.ts";
import { HOST_KIND_FILE } from "./host-kind.ts";
import { Refusal } from "./refusal.ts";

const LOCK = "running";
/** What this program keeps in the directory. */
const KEPT = ["workerd", "secrets.json", "admin-token", "demo-host", HOST_KIND_FILE];
/** The mark, written before anything else: the number of the layout that all of it has. */
const MARK = "layout";
const LAYOUT_HERE: typeof LAYOUT = 3;
const MARK_TEXT = `${LAYOUT_HERE}\n`;

export interface Secrets {
  readonly deskPrivateKey: string;
  readonly deskPublicKey: string;
  readonly adminToken: string;
}

/**
 * Makes the directory, empty when `isFresh`; refuses with one sentence when another version has written it, and changes nothing then, or
 * when it cannot be written.
 */
export function openStateDirectory(path: string, isFresh: boolean): void {
  refuseHeld(path);
  if (!isFresh) refuseOtherLayout(path);
  try {
    // Only what this program keeps there is removed: `--state ~` must not empty a home directory.
    if (isFresh)
      for (const name of [...KEPT, MARK]) rmSync(join(path, name), { recursive: true, force: true });
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (readOr(join(path, MARK), "") !== MARK_TEXT) writeFileSync(join(path, MARK), MARK_TEXT);
    mkdirSync(join(path, "workerd"), { recursive: true, mode: 0o700 });
    mkdirSync(secretFolderOf(path), { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK);
    const probe = join(path, ".writable");
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Refusal(
      `The state directory ${path} cannot be written (${code ?? String(error)}): make it writable, or choose another one with --state DIR.`,
    );
  }
}

/** Makes this process the one that uses the directory. Returns how to let go. */
export function lockStateDirectory(path: string): () => void {
  refuseHeld(path);
  const file = join(path, LOCK);
  writeFileSync(file, `${process.pid} ${startTimeOf(process.pid)}`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** Two control planes would write the same databases. */
function refuseHeld(path: string): void {
  const [pid = "", startTime = ""] = readOr(join(path, LOCK), "").split(" ");
  if (startTime === "" || Number(pid) === process.pid || startTimeOf(Number(pid)) !== startTime) return;
  throw new Refusal(
    `The state directory ${path} is in use by process ${pid}: stop that one, or choose another directory with --state DIR.`,
  );
}

/** Nothing is converted (ADR 0020): the version that wrote it can still run on it. */
function refuseOtherLayout(path: string): void {
  const mark = readOr(join(path, MARK), "");
  if (mark === MARK_TEXT || !KEPT.some((name) => existsSync(join(path, name)))) return;
  const found = /^[0-9]{1,9}\n$/.test(mark) ? `its layout is ${mark.trim()}` : "it bears no layout number";
  throw new Refusal(
    `The state in ${path} was stored by another version of Countersign (${found}, and this version reads ${LAYOUT_HERE} only) and stays as it is: choose an empty directory with --state DIR, or forget it with --fresh.`,
  );
}

/** Names one process for all time where /proc is; elsewhere `alive` or empty. */
function startTimeOf(pid: number): string {
  if (process.platform === "linux") {
    const stat = readOr(`/proc/${pid}/stat`, "");
    // the name in parentheses may hold spaces; the state is field 3, the start time field 22
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  }
  try {
    process.kill(pid, 0);
    return "alive";
  } catch {
    return "";
  }
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}

/** Where the admin token stands by itself, as `countersign --admin-token-file` reads it. */
export function adminTokenFileOf(path: string): string {
  return join(path, "admin-token");
}

/** Where a person puts the secrets of channels, one file each. */
export function secretFolderOf(path: string): string {
  return join(path, "secrets");
}

/** Reads the secrets, making them on the first start. */
export async function loadSecrets(path: string): Promise<Secrets> {
  const secrets = await readSecrets(path);
  writeFileSync(adminTokenFileOf(path), `${secrets.adminToken}\n`, { mode: 0o600 });
  return secrets;
}

async function readSecrets(path: string): Promise<Secrets> {
  const file = join(path, "secrets.json");
  if (existsSync(file)) return parseSecrets(file);
  const pair = await generateKeyPair();
  const secrets: Secrets = {
    deskPrivateKey: pair.privateKey,
    deskPublicKey: pair.publicKey,
    adminToken: randomBytes(32).toString("base64url"),
  };
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  return secrets;
}

function parseSecrets(file: string): Secrets {
  try {
    const secrets = JSON.parse(readFileSync(file, "utf8")) as Partial<Secrets>;
    const { deskPrivateKey, deskPublicKey, adminToken } = secrets;
    if (deskPrivateKey && deskPublicKey && adminToken) return { deskPrivateKey, deskPublicKey, adminToken };
  } catch {
    // told below: unreadable and incomplete are the same to the person
  }
  throw new Refusal(
    `${file} is damaged: restore it from a backup, or start anew with --fresh (every host must then be enrolled again).`,
  );
}
