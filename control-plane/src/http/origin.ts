// Says whether a request that acts was sent by our own page. Browsers set both headers themselves and a page cannot forge them.
// Pure. The trap: `Referrer-Policy: no-referrer` makes a browser send `Origin: null` with forms, so our pages say `same-origin`.

/** What a request tells about where it comes from. */
export interface RequestSource {
  /** `Origin` header; null: absent */
  readonly origin: string | null;
  /** `Sec-Fetch-Site` header; null: absent (plain http outside localhost, old browsers) */
  readonly fetchSite: string | null;
  readonly requestUrl: string;
  /** where people reach the desk: differs from the request's URL behind a proxy that ends TLS */
  readonly publicUrl: string;
}

/** True only when the request names its source and every name it gives is ours; a request that names none is refused. */
export function isSameOrigin(source: RequestSource): boolean {
  const { origin, fetchSite } = source;
  if (origin === null && fetchSite === null) return false;
  if (fetchSite !== null && fetchSite !== "same-origin") return false;
  return origin === null || ownOriginsOf(source).includes(origin);
}

function ownOriginsOf({ requestUrl, publicUrl }: RequestSource): readonly string[] {
  const origins = [new URL(requestUrl).origin];
  if (URL.canParse(publicUrl)) origins.push(new URL(publicUrl).origin);
  return origins.filter((origin) => origin !== "null");
}
