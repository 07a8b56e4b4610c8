// Reads what a control plane recorded, over the operator's API: the shards' events, the hosts, what people set, the desk's audit rows, and
// the versions of the policy that were in force.
// Everything is read before anything is replayed. What people did is taken from audit rows; whatever a rule did follows by itself.
import { RECORDED_SETTINGS_MAX } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { RecordedHistory } from "../replay/recorded/recorded-history.ts";
import { versionSpans } from "../replay/recorded/recorded-policies.ts";
import type { BodyOf } from "../src/api/table/route.ts";
import type { Call, RouteOf } from "../src/api/table/routes.ts";
import type { AuditEntry } from "../src/core/desk/state/desk-state.ts";
import type { RecordedSettings } from "../src/core/desk/state/recorded-settings.ts";
import type { ApiRefusal, OperatorApi } from "./api-calls.ts";

/** Events, audit rows and hosts that one command reads at most: as much as a fleet of some thousand hosts keeps. */
const EVENTS_MAX = 1_000_000;
const AUDIT_ROWS_MAX = 200_000;

type Part<C extends Call> = Result<BodyOf<RouteOf<C>>, ApiRefusal>;

/** Reads all that was recorded between two instants. */
export async function readHistory(
  api: OperatorApi,
  window: { readonly fromAt: number; readonly toAt: number },
): Promise<Result<RecordedHistory, ApiRefusal>> {
  const events = await readEvents(api, window);
  if (!events.ok) return events;
  // Before the audit: whatever ends between the two is then still in force here, and has its row there.
  const settings = await readSettings(api, window);
  if (!settings.ok) return settings;
  const audit = await readAudit(api, window.fromAt);
  if (!audit.ok) return audit;
  const hosts = await readHosts(api);
  if (!hosts.ok) return hosts;
  const policies = await readPolicies(api, window);
  if (!policies.ok) return policies;
  return ok({
    events: events.value.toSorted((left, right) => left.at - right.at),
    audit: audit.value,
    hosts: hosts.value,
    settings: settings.value,
    policies: policies.value,
  });
}

async function readEvents(
  api: OperatorApi,
  { fromAt, toAt }: { readonly fromAt: number; readonly toAt: number },
): Promise<Result<RecordedHistory["events"], ApiRefusal>> {
  const events: RecordedHistory["events"][number][] = [];
  const window = queryOf({ fromAt, toAt });
  for (let after: string | null = ""; after !== null;) {
    const part: Part<"GET /v1/admin/recorded"> = await api.ask("GET /v1/admin/recorded", {
      query: after === "" ? window : { ...window, after },
    });
    if (!part.ok) return part;
    events.push(...part.value.events);
    if (events.length > EVENTS_MAX) return tooMuch(`more than ${EVENTS_MAX} events`);
    after = part.value.next;
  }
  return ok(events);
}

/** One shard's hosts after the other's. */
async function readHosts(api: OperatorApi): Promise<Result<RecordedHistory["hosts"], ApiRefusal>> {
  const hosts: RecordedHistory["hosts"][number][] = [];
  for (let after: string | null = ""; after !== null;) {
    const part: Part<"GET /v1/admin/recorded/hosts"> = await api.ask("GET /v1/admin/recorded/hosts", {
      query: after === "" ? {} : { after },
    });
    if (!part.ok) return part;
    hosts.push(...part.value.hosts);
    after = part.value.next;
  }
  return ok(hosts);
}

async function readSettings(
  api: OperatorApi,
  window: { readonly fromAt: number; readonly toAt: number },
): Promise<Result<RecordedSettings, ApiRefusal>> {
  const settings = await api.ask("GET /v1/admin/recorded/settings", { query: queryOf(window) });
  if (!settings.ok || settings.value.tooMany === null) return settings;
  return tooMuch(`more than ${RECORDED_SETTINGS_MAX} ${settings.value.tooMany}`);
}

async function readPolicies(
  api: OperatorApi,
  window: { readonly fromAt: number; readonly toAt: number },
): Promise<Result<RecordedHistory["policies"], ApiRefusal>> {
  const shown = await api.ask("GET /v1/admin/policy", {});
  if (!shown.ok) return shown;
  const versions = versionSpans(shown.value.history, window);
  if (!versions.ok) {
    const since = new Date(versions.error.keptSinceAt).toISOString();
    const sentence = `The policy that was in force before ${since} is no longer kept: choose --from 24 hours after that, or later.`;
    return refuse({ reason: "refused", sentence, problem: null });
  }
  const policies: RecordedHistory["policies"][number][] = [];
  for (const span of versions.value) {
    const params = { version: String(span.version) };
    const read = await api.ask("GET /v1/admin/recorded/policies/:version", { params });
    if (!read.ok) return read;
    policies.push({ ...span, text: read.value.text });
  }
  return ok(policies);
}

async function readAudit(
  api: OperatorApi,
  fromAt: number,
): Promise<Result<readonly AuditEntry[], ApiRefusal>> {
  const rows: AuditEntry[] = [];
  for (let before: number | null = 0; before !== null;) {
    const page: Part<"GET /v1/admin/audit"> = await api.ask("GET /v1/admin/audit", {
      query: before === 0 ? {} : { before },
    });
    if (!page.ok) return page;
    rows.push(...page.value.rows);
    if (rows.length > AUDIT_ROWS_MAX) return tooMuch(`more than ${AUDIT_ROWS_MAX} audit rows`);
    const oldest: AuditEntry | undefined = page.value.rows.at(-1);
    before = oldest === undefined || oldest.at < fromAt ? null : page.value.nextBefore;
  }
  return ok(rows.filter(({ at }) => at >= fromAt).reverse());
}

function queryOf({ fromAt, toAt }: { readonly fromAt: number; readonly toAt: number }) {
  return { from: new Date(fromAt).toISOString(), to: new Date(toAt).toISOString() };
}

function tooMuch(what: string): Result<never, ApiRefusal> {
  const sentence = `There are ${what} between these instants: choose them closer together.`;
  return refuse({ reason: "refused", sentence, problem: null });
}
