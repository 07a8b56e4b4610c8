// A kind of channel that only tests have: it asks, settles and hears as real ones do, in the least that shows it.
// Whoever uses it puts it into the list before anything reads that (`vi.doMock`, as
// test/unit/channels/one-more-channel.test.ts says).
import * as z from "zod";
import { ok, refuse } from "@countersign/shared/values/result";
import { jsonObjectIn, notAccepted } from "../../../../control-plane/src/channels/answers.ts";
import { readToken } from "../../../../control-plane/src/channels/channel-secret.ts";
import {
  AddressText,
  Insecure,
  SecretName,
} from "../../../../control-plane/src/channels/channel-settings.ts";
import { channelKind, type ReceiptStage } from "../../../../control-plane/src/channels/channel.ts";

const post = (url: string, body: object) => new Request(url, { method: "POST", body: JSON.stringify(body) });

/** Brings `{handle, stage}` with its token in a header, and is answered in a form of its own. */
export const PIGEON = channelKind({
  kind: "pigeon",
  traits: {
    name: "a pigeon",
    wakes: "nobody",
    receipts: "acknowledged",
    acknowledges: true,
    carries: "everything",
    arrivesWithinMs: null,
    costs: "corn",
  },
  settings: z.strictObject({
    kind: z.literal("pigeon"),
    loft: AddressText,
    secret: SecretName,
    insecure: Insecure,
  }),
  addressKeys: ["loft"],
  addressOf: ({ insecure, loft }) => ({ key: "loft", text: loft, insecure }),
  problemOf: () => null,
  async request({ loft, secret }, { title }, bindings) {
    const token = readToken(bindings, secret);
    return token.ok ? ok({ by: "network", request: post(loft, { title }) }) : token;
  },
  read(answer) {
    const { handle, retryAfterMs, why } = jsonObjectIn(answer) ?? {};
    if (typeof handle === "string") return { result: "accepted", handle };
    return notAccepted(
      answer,
      typeof why === "string" ? why : "no handle",
      typeof retryAfterMs === "number" ? { retryAfterMs } : {},
    );
  },
  asks: {
    everyMs: [5_000],
    untilMs: 60_000,
    request: async ({ loft }, { handle }) => ok({ by: "network", request: post(loft, { ask: handle }) }),
    read(answer) {
      const stage = jsonObjectIn(answer)?.stage;
      return typeof stage === "string" ? { stage: stage as ReceiptStage, at: null, detail: "" } : null;
    },
  },
  settles: {
    how: ["acknowledged", "resolved"],
    async request({ loft, secret }, { handle, how }, bindings) {
      const token = readToken(bindings, secret);
      return token.ok ? ok({ by: "network", request: post(loft, { [how]: handle }) }) : token;
    },
  },
  async hear({ secret }, { body, headers, url }, bindings) {
    const token = readToken(bindings, secret);
    if (!token.ok) return refuse({ reason: "secret-unusable" });
    if (headers.get("x-pigeon") !== `${token.value} ${url}`) return refuse({ reason: "not-the-provider" });
    const told = jsonObjectIn({ body });
    const [handle, stage] = [told?.handle, told?.stage];
    return ok({
      handle: typeof handle === "string" ? handle : null,
      receipt: typeof stage === "string" ? { stage: stage as ReceiptStage, at: null, detail: "cooed" } : null,
      answer: (became) => ({ contentType: "text/xml", body: `<Said>${became}\u202e</Said>` }),
    });
  },
});
