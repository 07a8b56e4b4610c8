// Questions to D1, for lists: each bounded in time, so that a D1 that hangs costs a view a second and a half and not the view. null: it did not
// answer, and whoever asked says so, and shows what the desk knows. Nothing is decided from an answer. What a reader would get wrong: a view
// may wait for a shard first (host-now.ts), and has three seconds for both.
import { bounded } from "../platform/bounded.ts";
import { readAudit } from "../read-side/queries/audit-rows.ts";
import { searchAudit } from "../read-side/queries/audit-search.ts";
import { readHostGroups, readHosts, readHostsById, readTags } from "../read-side/queries/host-rows.ts";
import { type IncidentsAsked, readIncidents, readResolved } from "../read-side/queries/incident-rows.ts";
import { type PagesAsked, readPages, readRings } from "../read-side/queries/page-rows.ts";
import { readStrips, type StripsAsked } from "../read-side/queries/strip-rows.ts";

const TIMEOUT_MS = 1_500;

export type Lists = ReturnType<typeof listsOf>;

/** The lists of one database. */
export function listsOf(database: () => D1Database) {
  async function ask<T>(what: string, question: (database: D1Database) => Promise<T>): Promise<T | null> {
    try {
      return await bounded(question(database()), TIMEOUT_MS, `Read ${what} from D1`);
    } catch (error) {
      console.error(`Read ${what} from D1:`, error);
      return null;
    }
  }
  return {
    hosts: (asked: Parameters<typeof readHosts>[1]) => ask("hosts", (from) => readHosts(from, asked)),
    hostsById: (hostIds: readonly string[]) => ask("some hosts", (from) => readHostsById(from, hostIds)),
    hostGroups: () => ask("how many hosts there are", readHostGroups),
    tags: (known: Parameters<typeof readTags>[1]) =>
      ask("the tags of hosts", (from) => readTags(from, known)),
    stripsOf: (asked: StripsAsked) => ask("what turned in 24 hours", (from) => readStrips(from, asked)),
    incidents: (asked: Parameters<typeof readIncidents>[1]) =>
      ask("incidents", (from) => readIncidents(from, asked)),
    resolved: (asked: IncidentsAsked) => ask("what is over", (from) => readResolved(from, asked)),
    pages: (asked: PagesAsked) => ask("the pages sent", (from) => readPages(from, asked)),
    auditSearch: (asked: Parameters<typeof searchAudit>[1]) =>
      ask("what is looked for in the audit", (from) => searchAudit(from, asked)),
    ringsSince: (at: number) => ask("when people were rung", (from) => readRings(from, at)),
    audit: (asked: Parameters<typeof readAudit>[1]) => ask("the audit", (from) => readAudit(from, asked)),
  };
}
