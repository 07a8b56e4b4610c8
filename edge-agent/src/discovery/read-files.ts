// Looks for files whose place tells what they are: in the homes of users who run something, and certbot's certificates. Only whether they are there and who may
// look for them; none is opened. What a reader would get wrong: a link is not followed, for it may lead anywhere.
import { lstat, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KNOWN_HOME_FILES } from "../core/discovery/known-agents.ts";
import type { FoundFile } from "../core/discovery/observations.ts";
import { CERTIFICATE } from "../core/discovery/propose-services.ts";

const FOLDERS_MAX = 16;
const CERTIFICATES = "/etc/letsencrypt/live";
const FOR_ALL_TO_ENTER = 0o001;

/** A user of this machine. */
export interface Home {
  readonly user: string;
  readonly home: string;
}

/** Looks at these homes. */
export async function readFiles(homes: readonly Home[]): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for (const { user, home } of homes)
    for (const { kind, path } of KNOWN_HOME_FILES)
      for (const candidate of await expand(home, path))
        if (await isFile(candidate))
          found.push({ kind, path: candidate, user, isVisible: await isVisible(candidate) });
  for (const name of await foldersIn(CERTIFICATES))
    found.push({
      kind: CERTIFICATE,
      path: join(CERTIFICATES, name, "fullchain.pem"),
      user: null,
      isVisible: false,
    });
  return found;
}

async function expand(home: string, path: string): Promise<readonly string[]> {
  const [before = "", after] = path.split("/*/");
  if (after === undefined) return [join(home, path)];
  return (await foldersIn(join(home, before))).map((name) => join(home, before, name, after));
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return names.toSorted().slice(0, FOLDERS_MAX);
}

async function isFile(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => null);
  return stats?.isFile() === true;
}

async function isVisible(path: string): Promise<boolean> {
  for (let folder = dirname(path); folder !== "/"; folder = dirname(folder)) {
    const stats = await lstat(folder).catch(() => null);
    if (stats?.isDirectory() !== true || (stats.mode & FOR_ALL_TO_ENTER) === 0) return false;
  }
  return true;
}
