// Secrets of channels as files: each file of a folder, named like the binding that it is, holds one secret in its first
// line. What others could read, put there or lead elsewhere is refused, each with the command that mends it; nothing of
// what a file holds is ever said. What a reader would get wrong: the open file is judged, not its name, so that nobody
// swaps it in between.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
} from "node:fs";
import { join } from "node:path";
import { visibleLine } from "@countersign/shared/values/visible-text";
import { CHANNEL_SECRET_NAME, isChannelSecretName } from "../src/channels/channel-secret.ts";
import { Refusal } from "./refusal.ts";

/** More is no secret of a channel. */
const FILE_BYTES_MAX = 4_096;
const FILES_MAX = 200;
/** Everybody but the owner, and running it. */
const BEYOND_0600 = 0o177;
const BEYOND_0700 = 0o077;

/** The secrets of a folder by the name of their binding; a folder that is not there has none. */
export function readSecretFiles(folder: string): ReadonlyMap<string, string> {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return new Map();
  if (!found.isDirectory()) throw new Refusal(`${folder} is no directory: put secrets of channels into one.`);
  refuseForeign(folder, found);
  if ((found.mode & BEYOND_0700) !== 0) throw wider(folder, found, "700");
  const names = readdirSync(folder);
  if (names.length > FILES_MAX) throw new Refusal(`${folder} holds more than ${FILES_MAX} files.`);
  return new Map(names.toSorted().map((name) => [name, readSecretFile(folder, name)]));
}

function readSecretFile(folder: string, name: string): string {
  const path = join(folder, name);
  const shown = quoted(path);
  if (!isChannelSecretName(name))
    throw new Refusal(
      `${shown} is no secret of a channel: names are like CHANNEL_NTFY_TOKEN (${CHANNEL_SECRET_NAME.source}), as the policy has them. Rename it (mv ${shown} ${quoted(join(folder, "CHANNEL_NAME"))}) or take it away.`,
    );
  const file = openOwn(path);
  try {
    const is = fstatSync(file);
    if (!is.isFile())
      throw new Refusal(`${shown} is no file: rm -r ${shown}, and write the secret into a file.`);
    refuseForeign(path, is);
    if ((is.mode & BEYOND_0600) !== 0) throw wider(path, is, "600");
    return firstLineOf(file, shown);
  } finally {
    closeSync(file);
  }
}

/** A link is not followed; a pipe is not waited for. */
function openOwn(path: string): number {
  const shown = quoted(path);
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ELOOP")
      throw new Refusal(`${shown} is a link: rm ${shown}, and write the secret into a file of that name.`);
    throw new Refusal(
      `${shown} cannot be read (${code ?? String(error)}): ${chown(path)}; chmod 600 ${shown}`,
    );
  }
}

function firstLineOf(file: number, shown: string): string {
  const bytes = Buffer.alloc(FILE_BYTES_MAX + 1);
  const length = readSync(file, bytes, 0, bytes.length, 0);
  if (length > FILE_BYTES_MAX)
    throw new Refusal(`${shown} is longer than ${FILE_BYTES_MAX} bytes: write the secret alone into it.`);
  const [line = ""] = bytes.toString("utf8", 0, length).split(/\r?\n/, 1);
  if (line === "") throw new Refusal(`The first line of ${shown} is empty: write the secret into it.`);
  return line;
}

function refuseForeign(path: string, { uid }: Stats): void {
  if (process.getuid !== undefined && uid !== process.getuid())
    throw new Refusal(`${quoted(path)} belongs to another user: ${chown(path)}`);
}

function wider(path: string, { mode }: Stats, wanted: string): Refusal {
  const is = (mode & 0o7777).toString(8).padStart(3, "0");
  return new Refusal(`Others may use ${quoted(path)} (its mode is ${is}): chmod ${wanted} ${quoted(path)}`);
}

function chown(path: string): string {
  return `sudo chown ${process.getuid?.() ?? "USER"} ${quoted(path)}`;
}

/** As a shell takes it; nothing in a name moves a terminal's cursor. */
function quoted(path: string): string {
  const line = visibleLine(path);
  return /^[\w./-]+$/.test(line) ? line : `'${line.replaceAll("'", String.raw`'\''`)}'`;
}
