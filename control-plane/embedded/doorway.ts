// A Worker in front of the Worker, one for each listening address: Miniflare's own entry listens on one address only. It states the
// caller's address in CF-Connecting-IP, as Cloudflare's edge does, and drops what the caller wrote there. workerd does not tell a
// direct socket's Worker who called, so the address is a fact of the link: only loopback reaches 127.0.0.1, and only the one peer
// reaches the near end of a demo host's link. Where people open the desk as `localhost`, it leads whoever opens a view by 127.0.0.1 there: a
// passkey is bound to a name, and so is a sign-in. Plain JavaScript text, since it runs in workerd beside the bundle.
export const DOORWAY_SCRIPT = `
export default {
  fetch(request, env) {
    const url = new URL(request.url);
    const isView = (request.method === "GET" || request.method === "HEAD") && !/^\\/(?:v1\\/|healthz$|openapi\\.json$)/.test(url.pathname);
    if (isView && env.LOCALHOST !== "" && url.hostname === "127.0.0.1")
      return new Response(null, { status: 307, headers: { location: env.LOCALHOST + url.pathname + url.search, "cache-control": "no-store" } });
    const headers = new Headers(request.headers);
    for (const name of [...headers.keys()]) if (name.startsWith("cf-") || name.startsWith("mf-")) headers.delete(name);
    headers.set("CF-Connecting-IP", env.PEER);
    return env.CONTROL_PLANE.fetch(new Request(request, { headers }));
  },
};
`;
