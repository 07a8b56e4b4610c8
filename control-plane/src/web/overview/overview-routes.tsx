// The desk's front: open incidents, and the hosts.
import { snapshotsOf } from "../../http/snapshots.ts";
import { countIn } from "../frame/fields.ts";
import { type PeopleRoute, view } from "../frame/people-routes.ts";
import { sendView } from "../frame/respond.tsx";
import { OverviewView } from "./overview-view.tsx";

/** More open incidents than this are looked for elsewhere. */
const SKIP_MAX = 999_999;

export const overviewRoutes: readonly PeopleRoute[] = [
  view("/", async (c) => {
    const { desk, shard } = c.var.reads;
    const [shards, { incidents, approvals }] = await Promise.all([desk.shardNames(), desk.overview()]);
    const snapshots = await snapshotsOf(shard, shards);
    return sendView(
      c,
      <OverviewView
        frame={c.var.frame}
        incidents={incidents}
        approvals={approvals}
        hosts={snapshots.flatMap(({ hosts }) => hosts ?? [])}
        silentShards={snapshots.filter(({ hosts }) => hosts === null).map((each) => each.shard)}
        skipCount={countIn(c.req.query("skip"), SKIP_MAX) ?? 0}
      />,
    );
  }),
];
