// Why no host was added or retired. Pure.
import { PUBLIC_URL_HINT } from "../../http/problem.ts";
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

/** Refusals of acts on hosts. */
export const HOST_REFUSALS: RefusalTable<Extract<ViewRefusal, `host-${string}` | "public-url-unusable">> = {
  "host-unknown": [404, "No such host", "There is no host here. Nothing was changed."],
  "public-url-unusable": [503, "No public address", PUBLIC_URL_HINT],
};
