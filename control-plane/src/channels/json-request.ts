// How channels write a request: a POST of JSON. Pure.

/** A POST of a JSON text. */
export function jsonRequest(url: string, body: string, headers = new Headers()): Request {
  headers.set("content-type", "application/json");
  return new Request(url, { method: "POST", headers, body });
}
