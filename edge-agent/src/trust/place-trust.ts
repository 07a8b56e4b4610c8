// Writes root's two files: who this host is and which desk it obeys, and the version of the fleet's trust that was accepted. Not pure.
// What a reader would get wrong: a file that is there is root's, and so is its floor. It is only taken over or added to; a desk that it does not
// name takes its place by --force alone.
import { rm } from "node:fs/promises";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { RelyingParty } from "@countersign/shared/wire/assertion";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import type { DeskKey } from "@countersign/shared/wire/public-key";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { ensureDirectory, writeDurably } from "../durable-file.ts";
import { deskKeysOfFirst, hostTrustOfFirst } from "../files/first-trust.ts";
import { loadAccepted, loadFirstTrust, loadTrust } from "../files/load-trust.ts";
import type { HostPaths } from "../paths.ts";

/** Whether this user may write root's files. */
export function mayWrite({ mode }: Pick<HostPaths, "mode">): boolean {
  return mode === "process" || process.getuid?.() === 0;
}

/** The trust file as it stands, one of version 1 taken over; null: there is none. */
export async function loadCurrent(paths: HostPaths): Promise<Result<HostTrust | null, CommandRefusal>> {
  const loaded = await loadTrust(paths.trust, paths.mode);
  if (loaded.ok || loaded.error.reason === "missing") return loaded.ok ? loaded : ok(null);
  if (loaded.error.reason !== "version-1") return loaded;
  const first = await loadFirstTrust(paths.trust, paths.mode);
  const deskKeys = first === null ? [] : deskKeysOfFirst(first);
  return first === null || deskKeys.length === 0 ? loaded : ok(hostTrustOfFirst(first, deskKeys));
}

export interface EnrolledTo {
  readonly hostId: string;
  readonly deskKey: DeskKey;
  /** null: the desk did not say where people sign */
  readonly party: RelyingParty | null;
}

/** What the trust file shall say once this host is enrolled, or why it may not. */
export async function planHostTrust(
  { deskKey, hostId, party }: EnrolledTo,
  paths: HostPaths,
  force: boolean,
): Promise<Result<HostTrust, CommandRefusal>> {
  const loaded = await loadCurrent(paths);
  const fresh: HostTrust = { version: 2, hostId, party, deskKeys: [deskKey] };
  if (force) {
    const floor = loaded.ok ? loaded.value?.floor : undefined;
    return ok(floor === undefined ? fresh : { ...fresh, floor });
  }
  if (!loaded.ok) return loaded;
  const current = loaded.value;
  if (current === null) return ok(fresh);
  const accepted = await loadAccepted(paths.fleetTrust, paths.mode);
  const keys = [...current.deskKeys, ...(accepted.ok ? (accepted.value?.trust.deskKeys ?? []) : [])];
  if (!keys.some(({ publicKey }) => publicKey === deskKey.publicKey))
    return refuse({
      reason: "trust-differs",
      sentence: `${paths.trust} trusts another desk: if this host shall obey the new one, run the command again with --force.`,
    });
  return ok({ ...current, hostId, party: current.party ?? party });
}

/** Puts the trust file in place, as root or in process mode. */
export async function writeHostTrust(paths: HostPaths, trust: HostTrust): Promise<void> {
  await writeConfig(paths, paths.trust, trust);
}

/** Puts an accepted version of the fleet's trust in place; null takes away the one that is there. */
export async function writeAccepted(paths: HostPaths, signed: SignedTrust | null): Promise<void> {
  if (signed === null) await rm(paths.fleetTrust, { force: true });
  else await writeConfig(paths, paths.fleetTrust, signed);
}

async function writeConfig(paths: HostPaths, path: string, value: unknown): Promise<void> {
  await ensureDirectory(paths.configDir, 0o755);
  await writeDurably(path, textOf(value), 0o644);
}

/** As such a file stands on disk. */
export function textOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
