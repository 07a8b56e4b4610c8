// All that this host keeps of who may permit what: root's two files, and the versions after the accepted one, which the actuator keeps. They are
// verified from the accepted one at every reading. What a reader would get wrong: a chain that cannot be read is one without versions; that
// more was believed before says the journal, and then nothing is permitted (core/actuator/believed-trust.ts).
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { TRUST_CHAIN_MAX } from "@countersign/shared/values/limits";
import { ok, type Result } from "@countersign/shared/values/result";
import { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import { type FollowedChain, followChain } from "../core/actuator/believed-trust.ts";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { writeDurably } from "../durable-file.ts";
import type { HostPaths } from "../paths.ts";
import { loadAccepted, loadTrust } from "./load-trust.ts";

const ChainFile = z.strictObject({
  version: z.literal(1),
  versions: z.array(SignedTrust).max(TRUST_CHAIN_MAX),
});

export interface StoredTrust {
  readonly host: HostTrust;
  /** null: root has accepted no version */
  readonly chain: FollowedChain | null;
}

/** What was followed last, by the exact texts it was followed from: the same texts lead to the same place. */
export interface FollowedBefore {
  texts: string | null;
  chain: FollowedChain | null;
}

/** Reads all of it; `before` spares a process that reads often to verify the same texts again. */
export async function loadStoredTrust(
  paths: HostPaths,
  before: FollowedBefore = { texts: null, chain: null },
): Promise<Result<StoredTrust, CommandRefusal>> {
  const host = await loadTrust(paths.trust, paths.mode);
  if (!host.ok) return host;
  const anchor = await loadAccepted(paths.fleetTrust, paths.mode);
  if (!anchor.ok) return anchor;
  const { party } = host.value;
  if (anchor.value === null) return ok({ host: host.value, chain: null });
  const text = await readIfThere(paths.trustChain);
  const texts = JSON.stringify([party, anchor.value.hash, text]);
  if (before.texts === texts) return ok({ host: host.value, chain: before.chain });
  const kept = text === null ? [] : readVersions(text);
  const followed = await followChain(anchor.value, kept ?? [], party);
  const broken = kept === null ? "the file of later versions is damaged" : followed.broken;
  const chain = { ...followed, broken };
  before.texts = texts;
  before.chain = chain;
  return ok({ host: host.value, chain });
}

/** Stores the versions after the accepted one. */
export function saveChain(path: string, versions: readonly SignedTrust[]): Promise<void> {
  return writeDurably(path, JSON.stringify({ version: 1, versions }), 0o600);
}

async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return null;
    throw new Error(`Read ${path}`, { cause });
  });
}

/** Null: it is not what it should be. */
function readVersions(text: string): readonly SignedTrust[] | null {
  try {
    return ChainFile.safeParse(JSON.parse(text)).data?.versions ?? null;
  } catch {
    return null;
  }
}
