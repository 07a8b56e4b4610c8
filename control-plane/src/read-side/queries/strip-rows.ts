// Reads the lines of 24 hours of some hosts' services: what turned within them, and what each looks like now. One statement
// a kind of row; of what flaps the newest turns of each service are read, and before the oldest of these its line says that
// nothing is known. Nothing is decided from it.
import { LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import { CHANGE_SLOT_MS } from "../change-rows.ts";
import { type ChangeRow, STRIP_MS, stripOf, type StripSpan } from "../strips.ts";

/**
 * Turns of one service that its line is made of: all that the slots of a day may hold where few are asked for, and never
 * less than some.
 */
export const TURNS_MAX = (STRIP_MS / CHANGE_SLOT_MS + 1) * 4;
const TURNS_MIN = 200;
/** Of all that are asked for, shared alike, so that none that flaps hides another. */
const TURNS_OF_ALL_MAX = 20_000;

function turnsMaxOf(hosts: StripsAsked["hosts"]): number {
  const lines = hosts.reduce((sum, { services }) => sum + 1 + services.length, 0);
  return Math.min(TURNS_MAX, Math.max(TURNS_MIN, Math.floor(TURNS_OF_ALL_MAX / Math.max(1, lines))));
}

/** Whose lines are asked for; `silentSinceAt`: since when, as the desk knows, nothing is known of a host; null: all is. */
export interface StripsAsked {
  readonly hosts: readonly {
    readonly hostId: string;
    readonly services: readonly string[];
    readonly silentSinceAt: number | null;
  }[];
  readonly now: number;
}

/** The lines of a host's services, by the service's name. */
export type HostStrips = ReadonlyMap<string, readonly StripSpan[]>;

/** The lines of at most `LIST_ROWS_MAX` hosts, by host. */
export async function readStrips(
  database: D1Database,
  { hosts, now }: StripsAsked,
): Promise<ReadonlyMap<string, HostStrips>> {
  const asked = hosts.slice(0, LIST_ROWS_MAX);
  const ids = JSON.stringify(asked.map(({ hostId }) => hostId));
  const fromSlot = Math.floor((now - STRIP_MS) / CHANGE_SLOT_MS);
  const turnsMax = turnsMaxOf(asked);
  const [turns, looks] = await Promise.all([
    database.prepare(TURNS).bind(ids, fromSlot, turnsMax).all<Row>(),
    database.prepare(LOOKS).bind(ids).all<Row>(),
  ]);
  const turnsOf = byHost(turns.results);
  const looksOf = byHost(looks.results);
  return new Map(
    asked.map(({ hostId, services, silentSinceAt }) => {
      const rows = turnsOf.get(hostId) ?? [];
      const ofHost = rowsOf(rows, "");
      const strips = services.map((service) => {
        const said = looksOf.get(hostId)?.find((row) => row.service === service)?.look;
        const look = said === "failing" || said === "no-data" ? said : "well";
        const own = rowsOf(rows, service);
        const readFromAt = readFrom([own, ofHost], turnsMax);
        return [service, stripOf({ own, ofHost, look, silentSinceAt, readFromAt, now })] as const;
      });
      return [hostId, new Map(strips)] as const;
    }),
  );
}

const IN_HOSTS = "host_id IN (SELECT value FROM json_each(?1))";

const TURNS = `SELECT host_id, service, at, look, was FROM (
  SELECT host_id, service, at, look, was, row_number() OVER (PARTITION BY host_id, service ORDER BY slot DESC, at DESC) AS number
  FROM service_changes WHERE ${IN_HOSTS} AND slot >= ?2
) WHERE number <= ?3`;

const LOOKS = `SELECT host_id, service, look FROM services WHERE ${IN_HOSTS} AND look <> 'well'`;

/** From where on the turns of all of these were read; null: none has as many as may be read. */
function readFrom(kinds: readonly (readonly ChangeRow[])[], turnsMax: number): number | null {
  const cut = kinds
    .filter((turns) => turns.length >= turnsMax)
    .map((turns) => Math.min(...turns.map(({ at }) => at)));
  return cut.length === 0 ? null : Math.max(...cut);
}

/** SQLite keeps a value of any type in any column. */
interface Row {
  readonly host_id: unknown;
  readonly service: unknown;
  readonly look: unknown;
  readonly at?: unknown;
  readonly was?: unknown;
}

function byHost(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, (row) => String(row.host_id));
}

// What somebody wrote into D1 by hand costs its own turn.
function rowsOf(rows: readonly Row[], service: string): readonly ChangeRow[] {
  return rows.flatMap((row) => {
    const { at } = row;
    const [look, was] = [lookIn(row.look), lookIn(row.was)];
    if (row.service !== service || typeof at !== "number" || !Number.isSafeInteger(at)) return [];
    return look === null || was === null ? [] : [{ at, look, was }];
  });
}

function lookIn(value: unknown): ChangeRow["look"] | null {
  return LOOK_NAMES.find((look) => look === value) ?? null;
}

const LOOK_NAMES = ["well", "failing", "no-data", "restarted", "heard", "anew"] as const;
