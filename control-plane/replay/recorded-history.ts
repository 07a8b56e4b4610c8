// Reads what a control plane recorded, over the operator's API: the shards' events, the hosts, the desk's audit rows, the policy in force.
// Everything is read before anything is replayed. What people did is taken from audit rows; whatever a rule did follows by itself.
import { ok, refuse, type Result } from "@countersign/shared/result";
import type { ApiRefusal, OperatorApi } from "../cli/operator-api.ts";
import type { AuditEntry } from "../src/core/desk-state.ts";
import type { RecordedRow } from "../src/core/recording.ts";
import type { HostState } from "../src/core/shard-state.ts";

/** Events, audit rows and hosts that one command reads at most: as much as a fleet of some thousand hosts keeps. */
const EVENTS_MAX = 1_000_000;
const AUDIT_ROWS_MAX = 200_000;

export interface RecordedHistory {
  /** in the order in which they happened */
  readonly events: readonly (RecordedRow & { readonly shard: string })[];
  /** oldest first */
  readonly audit: readonly AuditEntry[];
  /** as they are now */
  readonly hosts: readonly Pick<HostState, "hostId" | "name" | "connection">[];
  /** text of the policy in force now */
  readonly policyText: string;
}

/** Reads all that was recorded between two instants. */
export async function readHistory(
  api: OperatorApi,
  window: { readonly fromAt: number; readonly toAt: number },
): Promise<Result<RecordedHistory, ApiRefusal>> {
  const events = await readEvents(api, window);
  if (!events.ok) return events;
  const audit = await readAudit(api, window);
  if (!audit.ok) return audit;
  const hosts = await api.get<Pick<RecordedHistory, "hosts">>("/v1/admin/hosts");
  if (!hosts.ok) return hosts;
  const policy = await api.get<{ readonly text: string }>("/v1/admin/policy");
  if (!policy.ok) return policy;
  return ok({
    events: events.value.toSorted((left, right) => left.at - right.at),
    audit: audit.value,
    hosts: hosts.value.hosts,
    policyText: policy.value.text,
  });
}

async function readEvents(
  api: OperatorApi,
  { fromAt, toAt }: { readonly fromAt: number; readonly toAt: number },
): Promise<Result<RecordedHistory["events"], ApiRefusal>> {
  const events: RecordedHistory["events"][number][] = [];
  const window = { from: new Date(fromAt).toISOString(), to: new Date(toAt).toISOString() };
  for (let after: string | null = ""; after !== null;) {
    const query = new URLSearchParams(after === "" ? window : { ...window, after });
    const part: Result<{ events: RecordedHistory["events"]; next: string | null }, ApiRefusal> =
      await api.get(`/v1/admin/recorded?${query.toString()}`);
    if (!part.ok) return part;
    events.push(...part.value.events);
    if (events.length > EVENTS_MAX) return tooMuch(`more than ${EVENTS_MAX} events`);
    after = part.value.next;
  }
  return ok(events);
}

async function readAudit(
  api: OperatorApi,
  { fromAt, toAt }: { readonly fromAt: number; readonly toAt: number },
): Promise<Result<readonly AuditEntry[], ApiRefusal>> {
  const rows: AuditEntry[] = [];
  for (let before: number | null = 0; before !== null;) {
    const query: string = before === 0 ? "" : `?before=${before}`;
    const page: Result<{ rows: readonly AuditEntry[]; nextBefore: number | null }, ApiRefusal> =
      await api.get(`/v1/admin/audit${query}`);
    if (!page.ok) return page;
    rows.push(...page.value.rows);
    if (rows.length > AUDIT_ROWS_MAX) return tooMuch(`more than ${AUDIT_ROWS_MAX} audit rows`);
    const oldest: AuditEntry | undefined = page.value.rows.at(-1);
    before = oldest === undefined || oldest.at < fromAt ? null : page.value.nextBefore;
  }
  return ok(rows.filter(({ at }) => at >= fromAt && at <= toAt).reverse());
}

function tooMuch(what: string): Result<never, ApiRefusal> {
  const sentence = `There are ${what} between these instants: choose them closer together.`;
  return refuse({ reason: "refused", sentence, problem: null });
}
