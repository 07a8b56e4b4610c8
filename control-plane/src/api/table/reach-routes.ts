// The part of the table about whether people can be woken: each channel of each person with how it did last.
import * as z from "zod";
import type { ChannelReach, DrillReach, Reach, SentPage } from "../../core/desk/paging/reach.ts";
import { DRILL_STAGES } from "../../core/desk/records/pages/drill.ts";
import { Count, Flag, Instant, shapeOf, Text } from "../../stored/read-stored.ts";
import { routesOf } from "./route.ts";

const SentPageShape = shapeOf<SentPage>({
  at: Instant,
  responder: Text,
  channel: Text.nullable(),
  title: Text,
  path: Text,
  deliveredAt: Instant.nullable(),
  seenAt: Instant.nullable().describe(
    "when its person opened what it leads to; null: not yet, as far as is known",
  ),
  error: Text.nullable(),
  isTest: Flag.optional(),
});

const ChannelReachShape = shapeOf<ChannelReach>({
  responder: Text,
  channel: Text,
  kind: Text,
  state: z.enum(["works", "broken", "never-tried", "pending"]),
  last: SentPageShape.nullable().describe("by the channel as it is set now; null: none was ever tried"),
  problem: Text.optional().describe("why it cannot work, or takes nothing any more"),
  brokenSinceAt: Instant.optional(),
  stage: z
    .enum(["accepted", "delivered", "seen", "acknowledged", "lost"])
    .optional()
    .describe("how far the last one got, as its provider said"),
  wakes: z.enum(["silent-phone", "phone", "nobody"]).optional(),
  unheard: Text.optional().describe("why what is answered there is refused here, though it is set up"),
});

const DrillReachShape = shapeOf<DrillReach>({
  responder: Text,
  sentAt: Instant.nullable(),
  provenAt: Instant.nullable().describe("when its person said last that one came; null: never"),
  provenBy: Text.nullable().describe("by which channel it had come"),
  stage: z.enum(DRILL_STAGES),
});

/** What a command must know of the desk to say how a channel is set up there. */
interface Here {
  /** embedded: the folder that holds a file for each secret of a channel, on the desk's machine; null: bound by wrangler */
  readonly secretFolder: string | null;
  /** where people and providers reach it; null: not said, so that no link can be made */
  readonly publicUrl: string | null;
}

const HereShape = shapeOf<Here>({
  secretFolder: Text.nullable().describe(
    "embedded: the folder with a file for each secret of a channel, on the desk's machine; null: bound by wrangler",
  ),
  publicUrl: Text.nullable().describe("where people and providers reach the desk; null: not known"),
});

const ReachShape = shapeOf<Reach & { readonly here?: Here }>({
  onCall: z
    .array(z.looseObject({ responder: Text, name: Text, afterMs: Count }))
    .describe("in the order of the escalation"),
  lastPage: SentPageShape.nullable(),
  lastTest: SentPageShape.nullable(),
  channels: z.array(ChannelReachShape).describe("the worst first; a person's own in their order"),
  drills: z.array(DrillReachShape),
  here: HereShape.optional().describe("absent: the control plane is older than this"),
});

export const REACH_ROUTES = routesOf({
  "GET /v1/admin/reach": {
    right: "admin-token",
    says: "Says whether people can be woken: each channel of each person with its state and what it carried last.",
    answers: { 200: ReachShape },
  },
});
