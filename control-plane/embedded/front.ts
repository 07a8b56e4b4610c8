// What listens where callers have addresses of their own: on any address but 127.0.0.1, and everywhere behind a trusted proxy. It states
// the caller's address in CF-Connecting-IP, as Cloudflare's edge does, and drops what the caller wrote there: limits by address and the
// second opinion believe that header. workerd does not tell a Worker who called, and Miniflare's own entry believes the caller.
import { createServer, type IncomingMessage, type Server } from "node:http";
import { isIP, type Socket } from "node:net";
import { createProxyServer } from "httpxy";

/** Slow requests end here: a head within 10 s, a whole request within 30 s (RFC 9110 leaves both to the server). */
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Headers that only the edge may write. */
const EDGE_HEADERS = /^(?:cf-|mf-|x-forwarded-|forwarded$|x-real-ip$|true-client-ip$)/;

export interface FrontOptions {
  readonly host: string;
  readonly port: number;
  /** where the control plane answers, on loopback */
  readonly target: string;
  /** the caller is a proxy of ours: the last address in its X-Forwarded-For is the caller's, and its X-Forwarded-Proto counts */
  readonly isProxyTrusted: boolean;
}

/** Starts listening; resolves to how to end it. */
export async function startFront({ host, port, target, isProxyTrusted }: FrontOptions): Promise<() => void> {
  const proxy = createProxyServer({ target, ws: true, xfwd: false, changeOrigin: false });
  const server = createServer((request, response) => {
    rewrite(request, isProxyTrusted);
    proxy.web(request, response).catch(() => response.destroy());
  });
  server.headersTimeout = HEAD_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  const sockets = upgradesOf(server);
  server.on("upgrade", (request, socket, head) => {
    rewrite(request, isProxyTrusted);
    proxy.ws(request, socket as Socket, {}, head).catch(() => socket.destroy());
  });
  // A caller who leaves in the middle costs that connection, nothing else.
  proxy.on("error", (_error, _request, response) => response?.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => resolve());
  });
  return () => {
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  };
}

/** Upgraded sockets that are open: the server does not count them any more. */
function upgradesOf(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("upgrade", (_request, socket) => {
    sockets.add(socket as Socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket as Socket));
  });
  return sockets;
}

function rewrite(request: IncomingMessage, isProxyTrusted: boolean): void {
  const address = addressOf(request, isProxyTrusted);
  const scheme = isProxyTrusted ? lastOf(request.headers["x-forwarded-proto"]) : null;
  for (const name of Object.keys(request.headers)) if (EDGE_HEADERS.test(name)) delete request.headers[name];
  request.headers["cf-connecting-ip"] = address;
  if (scheme === "http" || scheme === "https") request.headers["x-forwarded-proto"] = scheme;
}

function addressOf(request: IncomingMessage, isProxyTrusted: boolean): string {
  const own = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const forwarded = isProxyTrusted ? lastOf(request.headers["x-forwarded-for"]) : null;
  return forwarded !== null && isIP(forwarded) !== 0 ? forwarded : own;
}

/** The last item of a list header: the one that the peer itself has added. */
function lastOf(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  const text = typeof header === "string" ? header : header.join(",");
  return text.split(",").at(-1)?.trim() ?? null;
}
