// The desk's front: open incidents, and the hosts. Opening it changes nothing.
import { Hono } from "hono";
import { deskOf, type Bound } from "../../http/context.ts";
import { snapshotsOf } from "../../http/snapshots.ts";
import { visitorOf } from "../../http/visitor.ts";
import { askToSignIn, frameOf, sendView } from "../frame/respond.tsx";
import { DeskView } from "./desk-view.tsx";

export const deskRoutes = new Hono<Bound>();

deskRoutes.get("/", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const desk = deskOf(c.env);
  const [shards, { incidents, approvals }] = await Promise.all([desk.shardNames(), desk.overview()]);
  const snapshots = await snapshotsOf(c, shards);
  return sendView(
    c,
    <DeskView
      frame={await frameOf(visitor)}
      incidents={incidents}
      approvals={approvals}
      hosts={snapshots.flatMap(({ hosts }) => hosts ?? [])}
      silentShards={snapshots.filter(({ hosts }) => hosts === null).map(({ shard }) => shard)}
      skipCount={countOf(c.req.query("skip"))}
    />,
  );
});

function countOf(text: string | undefined): number {
  return text !== undefined && /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
}
