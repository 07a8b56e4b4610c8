// GET /openapi.json: what the API is, for whoever writes a client. It is public: it says nothing of this deployment or its fleet, and the
// source that it is printed from is public too. It is loaded when it is first asked for: a Worker that wakes for an agent pays nothing for it.
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";

export const showOpenApi: Answer<RouteOf<"GET /openapi.json">> = async () => {
  const { default: document } = await import("../../../../docs/schemas/openapi.json", {
    with: { type: "json" },
  });
  return reply(200, document);
};
