// The terminal channel: a POST to whatever prints pages where the control plane runs (embedded mode). Elsewhere there is no terminal, and
// it reaches nobody.
import * as z from "zod";
import { ok } from "@countersign/shared/values/result";
import { channelKind } from "./channel.ts";
import { jsonRequest } from "./json-request.ts";

/** Prints pages where the control plane runs. */
export const TERMINAL = channelKind({
  kind: "terminal",
  traits: {
    name: "the terminal",
    wakes: "nobody",
    receipts: "accepted",
    acknowledges: false,
    carries: "everything",
    arrivesWithinMs: null,
    costs: "nothing",
  },
  settings: z.strictObject({ kind: z.literal("terminal") }),
  addressKeys: [],
  addressOf: () => null,
  problemOf: (_, { TERMINAL: terminal }) =>
    terminal === undefined
      ? "there is no terminal where this control plane runs: add a channel of another kind"
      : null,
  async request(_, message) {
    const { key, incidentId, approvalId, kind, responder, severity, title, body, url } = message;
    const printed = { key, incidentId, approvalId, kind, responder, severity, title, body, url };
    return ok({ by: "terminal", request: jsonRequest("http://terminal/pages", JSON.stringify(printed)) });
  },
});
