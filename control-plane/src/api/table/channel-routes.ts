// The part of the table by which providers of channels tell what became of a page.
import { ItemName } from "@countersign/shared/values/ids";
import { routesOf } from "./route.ts";

export const CHANNEL_ROUTES = routesOf({
  "POST /v1/channels/:channel": {
    right: "provider-proof",
    says: "Takes what the provider of a channel brings by itself, such as that its person has it: whatever body and signature the provider sends, at most 16384 bytes. The answer is in the provider's own form.",
    params: { channel: ItemName },
    answers: { 200: null },
    problems: ["provider-unproven", "body-too-large"],
  },
});
