// Test pages over the operator's API: one is sent, and looked at until its person has said that it came. The receipt itself
// is the person's to give, on a signed-in device: the admin token cannot.
import { refuse } from "@countersign/shared/values/result";
import { byAdmin } from "../../core/words/actor.ts";
import { deskOf } from "../../http/context.ts";
import { newId } from "../../platform/random-id.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";

export const sendTestPage: Answer<RouteOf<"POST /v1/admin/test-pages">> = async (
  { body: { by, channel = null, responder } },
  c,
) => {
  const testId = newId("tst");
  const act = { kind: "send-test-page", testId, responder, channel } as const;
  const sent = await deskOf(c.env).act({ act, by: byAdmin(by) });
  if (sent.ok) return reply(202, { testId });
  const { reason } = sent.error;
  const isOfChannel = reason === "channel-unknown" || reason === "test-page-too-often";
  return refuse({ reason: isOfChannel ? reason : "responder-unknown" });
};

export const showTestPage: Answer<RouteOf<"GET /v1/admin/test-pages/:id">> = async ({ params }, c) => {
  const test = await deskOf(c.env).testPage(params.id);
  return test === null ? refuse({ reason: "not-found" }) : reply(200, test);
};
