// Stands between a real agent and a real control plane, and may change what the agent says: so an agent that is too old for its control
// plane is had without an old agent. The hello's audience is the relay's own address, so that is what the control plane is asked for.
import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";

export interface FrameRelay {
  readonly url: string;
  /** what becomes of an agent's text frame; null: it is dropped. Keepalives pass through it too */
  change: (text: string) => string | null;
  /** ends all connections, as a deploy does; agents come back */
  readonly cut: () => void;
  readonly stop: () => Promise<void>;
}

/** Relays HTTP and WebSockets to the control plane at `url`. */
export async function startFrameRelay(url: string): Promise<FrameRelay> {
  const target = new URL(url);
  const server = createServer((request, response) => passOn(target, request, response));
  const agents = new WebSocketServer({ server });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const relay: FrameRelay = {
    url: `http://${host}`,
    change: (text) => text,
    cut: () => {
      for (const agent of agents.clients) agent.close(1012);
    },
    stop: () =>
      new Promise((resolve) => {
        for (const agent of agents.clients) agent.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  agents.on("connection", (agent, { url: path = "/" }) => {
    const control = new WebSocket(new URL(path, url.replace(/^http/, "ws")), { headers: { host } });
    const waiting: string[] = [];
    control.on("open", () => {
      for (const text of waiting.splice(0)) control.send(text);
    });
    agent.on("message", (data) => {
      const text = relay.change((data as Buffer).toString("utf8"));
      if (text === null) return;
      if (control.readyState === WebSocket.OPEN) control.send(text);
      else waiting.push(text);
    });
    control.on("message", (data) => agent.send((data as Buffer).toString("utf8")));
    for (const [one, other] of [
      [agent, control],
      [control, agent],
    ] as const) {
      one.on("error", () => other.terminate());
      one.on("close", (code) =>
        other.close(code >= 1_000 && code !== 1_005 && code !== 1_006 ? code : 1_000),
      );
    }
  });
  return relay;
}

function passOn(target: URL, request: IncomingMessage, response: ServerResponse): void {
  const { headers, method, url: path } = request;
  const onward = httpRequest(new URL(path ?? "/", target), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}
