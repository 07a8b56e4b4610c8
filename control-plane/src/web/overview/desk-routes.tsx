// The desk's front: open incidents, and the hosts.
import { snapshotsOf } from "../../http/snapshots.ts";
import { type PeopleRoute, view } from "../frame/people-routes.ts";
import { sendView } from "../frame/respond.tsx";
import { DeskView } from "./desk-view.tsx";

export const deskRoutes: readonly PeopleRoute[] = [
  view("/", async (c) => {
    const { desk, shard } = c.var.reads;
    const [shards, { incidents, approvals }] = await Promise.all([desk.shardNames(), desk.overview()]);
    const snapshots = await snapshotsOf(shard, shards);
    return sendView(
      c,
      <DeskView
        frame={c.var.frame}
        incidents={incidents}
        approvals={approvals}
        hosts={snapshots.flatMap(({ hosts }) => hosts ?? [])}
        silentShards={snapshots.filter(({ hosts }) => hosts === null).map((each) => each.shard)}
        skipCount={countOf(c.req.query("skip"))}
      />,
    );
  }),
];

function countOf(text: string | undefined): number {
  return text !== undefined && /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
}
