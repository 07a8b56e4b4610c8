// What could not be read, over the operator's API: the list that people are told of, the rows as they were put aside by the desk or one
// shard, and the act by which a person says that one is dealt with.
import { refuse } from "@countersign/shared/values/result";
import { byAdmin } from "../../core/words/actor.ts";
import { deskOf, shardOf } from "../../http/context.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";
import { askPart } from "./part.ts";

/** The records that are told of, and what one part put aside, newest first. */
export const listUnreadable: Answer<RouteOf<"GET /v1/admin/unreadable">> = async ({ query: { part } }, c) => {
  const desk = deskOf(c.env);
  if (part === "desk") return reply(200, await desk.unreadable());
  const shards = await desk.shardNames();
  if (!shards.includes(part)) return refuse({ reason: "not-found" });
  const { records } = await desk.unreadable();
  const putAside = await askPart(`Ask ${part} for what it put aside`, () => shardOf(c.env, part).putAside());
  return putAside.ok ? reply(200, { records, putAside: putAside.value }) : putAside;
};

export const discardRecord: Answer<RouteOf<"POST /v1/admin/unreadable/discard">> = async ({ body }, c) => {
  const discarded = await deskOf(c.env).act({
    act: { kind: "discard-record", recordKey: body.recordKey },
    by: byAdmin(body.by),
  });
  return discarded.ok ? reply(200, { ok: true }) : refuse({ reason: "not-found" });
};
