// Whether a GET looks like a person opening a view, rather than a browser or a proxy fetching ahead. It guards one harmless record
// ("seen"), never an act. Pure.
import { AGAIN } from "./refreshing.ts";

/**
 * False for HEAD, for a view that fetched itself, for prefetches and previews, and for anything that is not a top-level
 * navigation.
 */
export function isOpenedByPerson(request: {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
}): boolean {
  const { headers, method, url } = request;
  if (method !== "GET" || new URL(url).searchParams.has(AGAIN)) return false;
  // Sec-Purpose is the standard (Fetch §sec-purpose); the others are older browsers' names for the same
  const purposes = ["sec-purpose", "purpose", "x-purpose", "x-moz"].map((name) => headers.get(name) ?? "");
  if (purposes.some((purpose) => /prefetch|prerender|preview/i.test(purpose))) return false;
  return (headers.get("sec-fetch-dest") ?? "document") === "document";
}
