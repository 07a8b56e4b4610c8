// How the journal is asked for one service of the catalogue, and how its answer is read. Pure.
// What a reader would get wrong: who may write which field. What begins with `_` journald itself has set; everything else any process may
// claim, so each match holds one such field. The end of a process is told by systemd (EXIT_CODE, EXIT_STATUS), as its own manager logged it.
import { engineOf } from "@countersign/shared/host/action-argv";
import type { ServiceSpec } from "@countersign/shared/host/catalogue";
import { ExitStatus } from "@countersign/shared/wire/last-words";

export const JOURNALCTL = "/usr/bin/journalctl";
/** Entries that are asked for: more than lines may be told, for some say nothing. */
const ENTRIES_MAX = 60;
/** What is older says nothing of a failure now. */
const SINCE = "-1h";

/** The exact call; null: it has no log of its own in the journal. `uid`: of the user whose unit it is. */
export function journalArgv(service: ServiceSpec, uid: number | null): readonly string[] | null {
  const matches = matchesOf(service, uid);
  if (matches === null) return null;
  return [
    JOURNALCTL,
    "--no-pager",
    "--quiet",
    "--output=json",
    "--output-fields=MESSAGE,EXIT_CODE,EXIT_STATUS",
    `--lines=${ENTRIES_MAX}`,
    `--since=${SINCE}`,
    ...matches,
  ];
}

function matchesOf({ container, manager, unit }: ServiceSpec, uid: number | null): readonly string[] | null {
  if (unit !== undefined && manager === "user") {
    if (uid === null) return null;
    return [`_SYSTEMD_USER_UNIT=${unit}`, `_UID=${uid}`, "+", `USER_UNIT=${unit}`, `_UID=${uid}`];
  }
  if (unit !== undefined) return [`_SYSTEMD_UNIT=${unit}`, "+", `UNIT=${unit}`, "_PID=1"];
  if (container === undefined) return null;
  const name = `CONTAINER_NAME=${container.name}`;
  return engineOf(container).endsWith("podman")
    ? [name, "_COMM=conmon"]
    : [name, "_SYSTEMD_UNIT=docker.service"];
}

export interface JournalWords {
  /** oldest first, as they are: not redacted */
  readonly lines: readonly string[];
  readonly exit: ExitStatus | null;
}

/** Reads what `journalctl --output=json` printed; a line that is none is passed over. */
export function parseJournal(output: string): JournalWords {
  const entries = output.split("\n").map(entryIn);
  const ends = entries.flatMap((entry) => {
    const exit = ExitStatus.safeParse({
      code: entry.get("EXIT_CODE"),
      status: numberIn(entry.get("EXIT_STATUS")),
    });
    return exit.success ? [exit.data] : [];
  });
  const lines = entries.flatMap((entry) => (entry.has("MESSAGE") ? linesOf(entry.get("MESSAGE")) : []));
  return { lines, exit: ends.at(-1) ?? null };
}

/** A text, the bytes of what is none, or null for one that is too long for the journal's own JSON. */
function linesOf(message: unknown): readonly string[] {
  if (message === null) return ["(a line that is too long to be shown)"];
  const text = Array.isArray(message)
    ? new TextDecoder().decode(Uint8Array.from(message.map(Number)))
    : message;
  return typeof text === "string" ? text.split(/\r?\n/).filter((line) => line.trim() !== "") : [];
}

function numberIn(text: unknown): number {
  return typeof text === "string" && text !== "" ? Number(text) : Number.NaN;
}

/** The fields of one entry; none: it is no entry. */
function entryIn(line: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  } catch {
    return new Map();
  }
}
