// Recorded history over the operator's API: what the shards kept of their events, oldest first within a shard, one shard after the
// other. `next` is handed back as `?after=` for the part after this one. Beside them what held then: silences and standing approvals that
// covered some of a time, and the text of any version of the policy that is kept.
import { refuse } from "@countersign/shared/values/result";
import { deskOf, shardOf } from "../../http/context.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";
import { askPart } from "./part.ts";

/** One part of what one shard kept between two instants, both included. */
export const listRecorded: Answer<RouteOf<"GET /v1/admin/recorded">> = async ({ query }, c) => {
  const shards = await deskOf(c.env).shardNames();
  const names = shards.toSorted();
  const [shard = names[0], sequence = "0"] = query.after?.split(":") ?? [];
  if (shard === undefined) return reply(200, { events: [], next: null });
  if (!names.includes(shard)) return refuse({ reason: "not-found" });
  const asked = { fromAt: Date.parse(query.from), toAt: Date.parse(query.to) };
  const found = await askPart(`Ask ${shard} for what it recorded`, () =>
    shardOf(c.env, shard).recordedEvents({ ...asked, after: Number(sequence) }),
  );
  if (!found.ok) return found;
  const part = found.value;
  const events = part.rows.map((row) => ({ shard, ...row }));
  return reply(200, { events, next: nextOf(names, shard, part.isEnd ? null : part.rows.at(-1)?.sequence) });
};

/** The hosts of one shard as they are now. */
export const listRecordedHosts: Answer<RouteOf<"GET /v1/admin/recorded/hosts">> = async ({ query }, c) => {
  const names = (await deskOf(c.env).shardNames()).toSorted();
  const [first] = names;
  if (first === undefined) return reply(200, { hosts: [], next: null });
  const shard = query.after ?? first;
  if (!names.includes(shard)) return refuse({ reason: "not-found" });
  const hosts = await askPart(`Ask ${shard} for its hosts`, () => shardOf(c.env, shard).recordedHosts());
  if (!hosts.ok) return hosts;
  return reply(200, { hosts: hosts.value, next: names[names.indexOf(shard) + 1] ?? null });
};

/** What people set that covered some of a time. */
export const listRecordedSettings: Answer<RouteOf<"GET /v1/admin/recorded/settings">> = async (
  { query: { from, to } },
  c,
) => reply(200, await deskOf(c.env).settingsWithin({ fromAt: Date.parse(from), toAt: Date.parse(to) }));

/** The text of one version of the policy. */
export const showRecordedPolicy: Answer<RouteOf<"GET /v1/admin/recorded/policies/:version">> = async (
  { params: { version } },
  c,
) => {
  const text = await deskOf(c.env).policyText(version);
  return text === null ? refuse({ reason: "not-found" }) : reply(200, { version, text });
};

function nextOf(names: readonly string[], shard: string, sequence: number | null | undefined): string | null {
  if (typeof sequence === "number") return `${shard}:${sequence}`;
  const next = names[names.indexOf(shard) + 1];
  return next === undefined ? null : `${next}:0`;
}
