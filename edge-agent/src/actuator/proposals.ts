// The proposals this actuator has minted, what it has seen of units, and the last line of the journal, kept across its own restarts (it
// exits when idle). A lost file only makes grants fail as nonce-unknown: it can never permit anything, so an unreadable one is replaced
// by an empty one.
import { readFile } from "node:fs/promises";
import { PROPOSAL_LIFETIME_MAX_MS, PROPOSALS_OPEN_MAX } from "@countersign/shared/values/limits";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { addSighting, type HostInstant, isWithin, type Sighting } from "../core/actuator/budget.ts";
import type { MintedProposal } from "../core/actuator/mint.ts";
import { writeDurably } from "../durable-file.ts";
import { Memory, Sighting as SightingSchema } from "./journal-record.ts";
import type { JournalTie } from "./journal.ts";

export interface Proposals {
  /** Remembers a minted proposal durably; beyond `PROPOSALS_OPEN_MAX` the oldest is dropped. */
  readonly add: (proposal: MintedProposal) => Promise<void>;
  readonly find: (nonce: string) => MintedProposal | null;
  /** How many are young enough to be granted. */
  readonly openCount: (now: HostInstant) => number;
  readonly sightings: () => readonly Sighting[];
  /** Remembers what was seen; written to disk with the next proposal, or now when it is news. */
  readonly see: (service: string, at: HostInstant, state: UnitState) => Promise<void>;
}

/** Loads the proposals file, or starts an empty one. */
export async function openProposals(path: string): Promise<Proposals & JournalTie> {
  let memory = await loadMemory(path);
  let turn: Promise<void> = Promise.resolve();
  const change = async (next: Memory): Promise<void> => {
    const text = JSON.stringify(next);
    // What the reader would refuse costs its writer, and not everything that is remembered.
    if (readMemory(text) === null) throw new Error(`Write ${path}: it could not be read again`);
    memory = next;
    const before = turn;
    const written = (async () => {
      await before;
      await writeDurably(path, text, 0o600);
    })();
    turn = written.catch(() => undefined);
    await written;
  };
  return {
    add: (proposal) =>
      change({
        ...memory,
        proposals: [...memory.proposals.filter((kept) => isYoung(kept, proposal.at)), { ...proposal }].slice(
          -PROPOSALS_OPEN_MAX,
        ),
      }),
    tiedTo: () => memory.journal,
    tie: (head) => change({ ...memory, journal: { ...head } }),
    find: (nonce) => memory.proposals.find((proposal) => proposal.nonce === nonce) ?? null,
    openCount: (now) => memory.proposals.filter((proposal) => isYoung(proposal, now)).length,
    sightings: () => memory.sightings,
    see: async (service, at, state) => {
      const seen = addSighting(memory.sightings, { service, at, state });
      const sightings = seen.filter((sighting) => SightingSchema.safeParse(sighting).success);
      const isNews = sightings.length !== memory.sightings.length;
      const next = { ...memory, sightings: sightings.map((sighting) => ({ ...sighting })) };
      if (isNews) await change(next);
      else memory = next;
    },
  };
}

function isYoung(proposal: MintedProposal, now: HostInstant): boolean {
  return proposal.at.bootId === now.bootId && isWithin(proposal.at, now, PROPOSAL_LIFETIME_MAX_MS);
}

async function loadMemory(path: string): Promise<Memory> {
  const empty: Memory = { version: 2, journal: null, proposals: [], sightings: [] };
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return null;
    throw new Error(`Read ${path}`, { cause });
  });
  return (text === null ? null : readMemory(text)) ?? empty;
}

function readMemory(text: string): Memory | null {
  try {
    return Memory.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
