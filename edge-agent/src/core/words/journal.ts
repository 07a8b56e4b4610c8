// How the journal is asked for one service of the catalogue, and how its answer is read. Pure.
// What a reader would get wrong: who may write which field. What begins with `_` journald itself has set; everything else any process may
// claim, so each match holds one such field. The end of a process is told by systemd (EXIT_CODE, EXIT_STATUS), as its own manager logged it.
import * as z from "zod";
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

/** A text, the bytes of what is none, or null for one that is too long for the journal's own JSON. */
const Message = z.union([z.string(), z.array(z.int().min(0).max(255)), z.null()]);
const Entry = z.looseObject({
  MESSAGE: Message.optional(),
  EXIT_CODE: z.string().optional(),
  EXIT_STATUS: z.string().optional(),
});

export interface JournalWords {
  /** oldest first, as they are: not redacted */
  readonly lines: readonly string[];
  readonly exit: ExitStatus | null;
}

/** Reads what `journalctl --output=json` printed; a line that is none is passed over. */
export function parseJournal(output: string): JournalWords {
  const entries = output.split("\n").flatMap((line) => {
    const entry = Entry.safeParse(parsed(line));
    return entry.success ? [entry.data] : [];
  });
  const lines = entries.flatMap(({ MESSAGE }) => linesOf(MESSAGE));
  const ends = entries.flatMap(({ EXIT_CODE: code, EXIT_STATUS: status }) => {
    if (code === undefined || status === undefined) return [];
    const exit = ExitStatus.safeParse({ code, status: Number(status) });
    return exit.success ? [exit.data] : [];
  });
  return { lines, exit: ends.at(-1) ?? null };
}

function linesOf(message: z.infer<typeof Message> | undefined): readonly string[] {
  if (message === undefined) return [];
  if (message === null) return ["(a line that is too long to be shown)"];
  const text = typeof message === "string" ? message : new TextDecoder().decode(Uint8Array.from(message));
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
