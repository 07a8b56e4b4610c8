// Why no host was added, retired or set aside. Pure.
import { PUBLIC_URL_HINT } from "../../http/problem.ts";
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

/** Refusals of acts on hosts. */
export const HOST_REFUSALS: RefusalTable<Extract<ViewRefusal, `host-${string}` | "public-url-unusable">> = {
  "host-unknown": [404, "No such host", "There is no host here. Nothing was changed."],
  "host-not-listed": [
    409,
    "Not on the list",
    "This host is not, or no longer, on the list of a silent fleet. Nothing was changed.",
  ],
  "public-url-unusable": [503, "No public address", PUBLIC_URL_HINT],
};
