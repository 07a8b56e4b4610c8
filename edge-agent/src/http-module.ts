// Node's own HTTP client, taken in a way that does not cost an agent 6 MB: an `import` of node:http reads every export of it, and one of them
// (WebSocket) is a getter that loads all of undici. Measured by test/bench/footprint.ts.

import type { get, request } from "node:http";

/** The module that asks an address: node:https or node:http. */
export function httpModuleOf(url: string): { readonly get: typeof get; readonly request: typeof request } {
  return new URL(url).protocol === "https:"
    ? process.getBuiltinModule("node:https")
    : process.getBuiltinModule("node:http");
}
