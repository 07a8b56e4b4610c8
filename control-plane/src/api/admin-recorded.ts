// Recorded history over the operator's API: what the shards kept of their events, oldest first within a shard, one shard after the
// other. `next` is handed back as `?after=` for the part after this one. Beside them what held then: silences and standing approvals that
// covered some of a time, and the text of any version of the policy that is kept.
import * as z from "zod";
import { type Ctx, deskOf, shardOf } from "../http/context.ts";
import { problem } from "../http/problem.ts";

const WindowQuery = z.object({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
});
const RecordedQuery = WindowQuery.extend({
  /** `SHARD:SEQUENCE` */
  after: z
    .string()
    .regex(/^[a-z0-9-]{1,64}:[0-9]{1,15}$/)
    .optional(),
});

/** One part of what one shard kept between two instants, both included; `next` null: that was all. */
export async function listRecorded(c: Ctx): Promise<Response> {
  const query = RecordedQuery.safeParse(c.req.query());
  if (!query.success)
    return problem("body-malformed", {
      detail: "Give ?from= and ?to= as instants such as 2026-04-03T23:25:00Z, and ?after= as `next` was.",
    });
  const shards = await deskOf(c.env).shardNames();
  const names = shards.toSorted();
  const [shard = names[0], sequence = "0"] = query.data.after?.split(":") ?? [];
  if (shard === undefined) return c.json({ events: [], next: null });
  if (!names.includes(shard)) return problem("not-found");
  const asked = { fromAt: Date.parse(query.data.from), toAt: Date.parse(query.data.to) };
  const part = await shardOf(c.env, shard).recordedEvents({ ...asked, after: Number(sequence) });
  const events = part.rows.map((row) => ({ shard, ...row }));
  return c.json({ events, next: nextOf(names, shard, part.isEnd ? null : part.rows.at(-1)?.sequence) });
}

/** What people set that covered some of a time. */
export async function listRecordedSettings(c: Ctx): Promise<Response> {
  const query = WindowQuery.safeParse(c.req.query());
  if (!query.success)
    return problem("body-malformed", {
      detail: "Give ?from= and ?to= as instants such as 2026-04-03T23:25:00Z.",
    });
  const { from, to } = query.data;
  return c.json(await deskOf(c.env).settingsWithin({ fromAt: Date.parse(from), toAt: Date.parse(to) }));
}

/** The text of one version of the policy. */
export async function showRecordedPolicy(c: Ctx): Promise<Response> {
  const version = c.req.param("version") ?? "";
  if (!/^\d{1,9}$/.test(version)) return problem("not-found");
  const text = await deskOf(c.env).policyText(Number(version));
  return text === null ? problem("not-found") : c.json({ version: Number(version), text });
}

function nextOf(names: readonly string[], shard: string, sequence: number | null | undefined): string | null {
  if (typeof sequence === "number") return `${shard}:${sequence}`;
  const next = names[names.indexOf(shard) + 1];
  return next === undefined ? null : `${next}:0`;
}
