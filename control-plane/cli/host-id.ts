// Which host somebody means who names it: by its id, or by its name where only one has it.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { ApiRefusal, OperatorApi } from "./api-calls.ts";

/** The id of a host; refused with a sentence where none, or more than one, is called so. */
export async function hostIdOf(host: string, api: OperatorApi): Promise<Result<string, ApiRefusal>> {
  if (/^host_[0-9a-f]{32}$/.test(host)) return ok(host);
  const listed = await api.ask("GET /v1/admin/hosts", { query: { q: host } });
  if (!listed.ok) return listed;
  const found = listed.value.hosts.filter(({ name }) => name === host);
  const [only] = found;
  if (only !== undefined && found.length === 1) return ok(only.hostId);
  const sentence =
    found.length === 0
      ? `No host is called ${host}: countersign hosts list shows their names and ids.`
      : `${found.length} hosts are called ${host}: say which by its id, which countersign hosts list shows.`;
  return refuse({ reason: "refused", sentence, problem: null });
}
