// Serves fakes of providers on loopback, each on a port of its own, so that a real desk reaches them as it reaches the
// real ones. Bounded: bodies, and how long a request that hangs is held; closing ends what hangs at once.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FakeProvider } from "./provider.ts";

const BODY_BYTES_MAX = 1_048_576;
const HELD_MS_MAX = 60_000;
const HOST = "127.0.0.1";

export interface ServedProvider {
  /** where it listens, without a slash at the end */
  readonly url: string;
  /** requests that came, answered or not */
  readonly requestCount: () => number;
  readonly close: () => Promise<void>;
}

/** Serves one; `origin`: what the provider believes to be called by, where it minds; absent: where it listens. */
export async function serveProvider(
  provider: Pick<FakeProvider, "answer">,
  { origin, port = 0 }: { readonly port?: number; readonly origin?: string } = {},
): Promise<ServedProvider> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    // An error of the fake is a failure of the test that uses it: the desk sees a provider that is broken.
    answer(provider, { request, response, origin }).catch((error: unknown) => {
      console.error("Answer as a provider:", error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.requestTimeout = HELD_MS_MAX;
  server.setTimeout(HELD_MS_MAX);
  await listening(server, port);
  const url = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  return { url, requestCount: () => requests, close: () => closed(server) };
}

async function answer(
  provider: Pick<FakeProvider, "answer">,
  by: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly origin: string | undefined;
  },
): Promise<void> {
  const { request, response } = by;
  const body = await bodyOf(request);
  if (body === null) return void response.writeHead(413).end();
  const origin = by.origin ?? `http://${request.headers.host ?? HOST}`;
  const method = request.method ?? "GET";
  const asked = new Request(new URL(request.url ?? "/", origin), {
    method,
    headers: headersOf(request),
    ...(method === "GET" || method === "HEAD" ? {} : { body }),
  });
  const answered = await provider.answer(asked);
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  response.end(Buffer.from(await answered.arrayBuffer()));
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2)
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  return headers;
}

/** null: it is too long. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += (part as Buffer).length;
    if (length > BODY_BYTES_MAX) return null;
    parts.push(part as Buffer);
  }
  return new Uint8Array(Buffer.concat(parts));
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, resolve);
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
