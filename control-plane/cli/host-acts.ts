// What `countersign hosts …` does: it shows hosts as the lists hold them, one as its shard knows it, and retires one or sets it aside.
import { ok } from "@countersign/shared/values/result";
import type { BodyOf } from "../src/api/table/route.ts";
import type { RouteOf } from "../src/api/table/routes.ts";
import type { ListedState } from "../src/read-side/listed-host.ts";
import { complain, type Desk, EXIT, printJson } from "./desk.ts";
import { hostIdOf } from "./host-id.ts";
import { type HowMuch, moreText, readParts } from "./list-parts.ts";
import { ageOf, tableOf } from "./table.ts";

type Listed = BodyOf<RouteOf<"GET /v1/admin/hosts">>;
type Shown = BodyOf<RouteOf<"GET /v1/admin/hosts/:id">>;

/** Which of the hosts; absent: whichever. */
export interface HostsWanted {
  readonly search?: string;
  readonly tag?: string;
  readonly state?: ListedState;
}

/** Prints the hosts, the worst first, with what is wrong on each. */
export async function listHosts(
  options: HowMuch & HostsWanted & { readonly json?: boolean },
  { api, output }: Desk,
  now: number,
): Promise<number> {
  let last = null as Listed | null;
  const read = await readParts(options, async ({ after, limit }: { after: string | null; limit: number }) => {
    const { search = "", state, tag } = options;
    const query = {
      limit,
      ...(after === null ? {} : { after }),
      q: search,
      ...(tag === undefined ? {} : { tag }),
      ...(state === undefined ? {} : { state }),
    };
    const part = await api.ask("GET /v1/admin/hosts", { query });
    if (!part.ok) return part;
    last = part.value;
    return ok({ rows: part.value.hosts, next: part.value.next });
  });
  if (!read.ok) return complain(output, read.error);
  const { hasMore, rows } = read.value;
  if (options.json === true) printJson(output, { ...last, hosts: rows });
  else {
    const lines = rows.map(({ hostId, liveness, name, services, sinceAt }) => [
      liveness,
      ageOf(sinceAt, now),
      hostId,
      [name, ...services.filter(({ status }) => status !== "healthy").map(wordsOf)].join("; "),
    ]);
    output.print(tableOf(["STATE", "SINCE", "ID", "HOST"], lines).join("\n"));
    for (const line of [moreText(hasMore), ageText(last, now)]) if (line !== null) output.complain(line);
  }
  return EXIT.done;
}

/** Prints one host as its own shard knows it now. */
export async function showHost(
  host: string,
  { json }: { readonly json?: boolean },
  { api, now, output }: Desk & { readonly now: number },
): Promise<number> {
  const id = await hostIdOf(host, api);
  if (!id.ok) return complain(output, id.error);
  const shown = await api.ask("GET /v1/admin/hosts/:id", { params: { id: id.value } });
  if (!shown.ok) return complain(output, shown.error);
  if (json === true) printJson(output, shown.value);
  else output.print(linesOf(shown.value, now).join("\n"));
  return EXIT.done;
}

/** Retires one host. */
export async function retireHost(
  { host, json, why }: { readonly host: string; readonly why: string; readonly json?: boolean },
  { api, output }: Desk,
): Promise<number> {
  const id = await hostIdOf(host, api);
  if (!id.ok) return complain(output, id.error);
  const asking = { params: { id: id.value }, body: { why } };
  const retired = await api.ask("POST /v1/admin/hosts/:id/retire", asking);
  if (!retired.ok) return complain(output, retired.error);
  if (json === true) printJson(output, retired.value);
  else output.print(`Retired: ${host}.`);
  return EXIT.done;
}

/** Takes one host off the list of a silent fleet. */
export async function setHostAside(
  { host, json, why }: { readonly host: string; readonly why: string; readonly json?: boolean },
  { api, output }: Desk,
): Promise<number> {
  const id = await hostIdOf(host, api);
  if (!id.ok) return complain(output, id.error);
  const asking = { params: { id: id.value }, body: { why } };
  const done = await api.ask("POST /v1/admin/hosts/:id/set-aside", asking);
  if (!done.ok) return complain(output, done.error);
  if (json === true) printJson(output, done.value);
  else output.print(`Set aside: ${host}. Its silence is an incident of its own now.`);
  return EXIT.done;
}

function wordsOf({ names, service, status }: Listed["hosts"][number]["services"][number]): string {
  return `${service} ${status}${names.length === 0 ? "" : ` (${names.join(", ")})`}`;
}

function ageText(last: Listed | null, now: number): string | null {
  if (last === null) return null;
  if (last.asOf === null) return "D1 does not answer: these are the hosts that the desk knows to be down.";
  return now - last.asOf < 60_000 ? null : `The list is as of ${ageOf(last.asOf, now)} ago.`;
}

function linesOf({ host, listed, open }: Shown, now: number): readonly string[] {
  const found = host ?? listed;
  if (found === null) return ["Its shard does not answer, and no list holds it."];
  const since = found.sinceAt === null ? "" : ` for ${ageOf(found.sinceAt, now)}`;
  return [
    `${found.name}, ${found.hostId}: ${found.liveness}${since}`,
    ...(host === null
      ? ["Its shard does not answer: this is what was listed last."]
      : connectionOf(host, now)),
    ...(open.length === 0
      ? ["Nothing is open about it."]
      : tableOf(
          ["ID", "AGE", "WHAT"],
          open.map(({ incidentId, openedAt, severity, title }) => [
            incidentId,
            ageOf(openedAt, now),
            `${severity}: ${title}`,
          ]),
        )),
  ];
}

function connectionOf(
  { connection, lastSeenAt }: NonNullable<Shown["host"]>,
  now: number,
): readonly string[] {
  const heard = lastSeenAt === 0 ? "it was never heard" : `heard ${ageOf(lastSeenAt, now)} ago`;
  if (connection === null) return [`not connected, ${heard}`];
  const { agentVersion, connectedAt, hostname } = connection;
  return [`${hostname}, agent ${agentVersion}, connected for ${ageOf(connectedAt, now)}, ${heard}`];
}
