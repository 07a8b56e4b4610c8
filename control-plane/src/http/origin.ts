// Says whether a request that acts was sent by a view of ours. Browsers set both headers themselves, and no web page can forge them.
// Pure. The trap: `Referrer-Policy: no-referrer` makes a browser send `Origin: null` with forms, so our views say `same-origin`.

/** What a request tells about where it comes from. */
export interface RequestSource {
  /** `Origin` header; null: absent */
  readonly origin: string | null;
  /** `Sec-Fetch-Site` header; null: absent (plain http outside localhost, old browsers) */
  readonly fetchSite: string | null;
  readonly requestUrl: string;
  /** where people reach the desk; when it is https it is the only origin of ours, whatever `Host` a request claims */
  readonly publicUrl: string;
}

/** True only when the request names its source and every name it gives is ours; a request that names none is refused. */
export function isSameOrigin(source: RequestSource): boolean {
  const { origin, fetchSite } = source;
  if (origin === null && fetchSite === null) return false;
  if (fetchSite !== null && fetchSite !== "same-origin") return false;
  return origin === null || ownOriginsOf(source).includes(origin);
}

/** On plain http (this machine, or a private network) people may use any of the desk's addresses. */
function ownOriginsOf({ requestUrl, publicUrl }: RequestSource): readonly string[] {
  const publicOrigin = URL.canParse(publicUrl) ? new URL(publicUrl).origin : "null";
  if (publicOrigin.startsWith("https:")) return [publicOrigin];
  return [new URL(requestUrl).origin, publicOrigin].filter((origin) => origin !== "null");
}
