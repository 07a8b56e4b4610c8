// A door before the tests' control plane, on loopback: while it is open all bytes pass; otherwise it does what broken networks and the boxes in them do.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { atEnd } from "./host-under-test.ts";

/** `swallows`: takes the bytes of old and new connections and never answers, as a path does that died without a word */
export type DoorState =
  | "open"
  | "swallows"
  | "closes"
  | "resets"
  | "garbage"
  /** answers whatever it is asked with this */
  | { readonly answers: string };

export interface Door {
  readonly url: string;
  readonly port: number;
  readonly set: (state: DoorState) => void;
  /** connections that were tried since the state was set */
  readonly tries: () => number;
}

/** An answer of plain HTTP. */
export function httpAnswer(status: string, headers: readonly string[] = [], body = ""): DoorState {
  const lines = [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${body.length}`, "Connection: close"];
  return { answers: `${lines.join("\r\n")}\r\n\r\n${body}` };
}

/** Puts a door before a port. */
export async function newDoor(behind: number): Promise<Door> {
  let state: DoorState = "open";
  let tries = 0;
  const inside = new Set<Socket>();
  const server = createServer((socket) => {
    tries += 1;
    inside.add(socket);
    socket.on("close", () => inside.delete(socket));
    socket.on("error", () => socket.destroy());
    act(socket, state, behind, () => state === "swallows");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  atEnd(async () => {
    server.close();
    for (const socket of inside) socket.destroy();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    set: (next) => {
      state = next;
      tries = 0;
      // What swallows lets nobody know; all else cuts what is open.
      if (next !== "swallows") for (const socket of inside) socket.resetAndDestroy();
    },
    tries: () => tries,
  };
}

function act(socket: Socket, state: DoorState, behind: number, isSwallowing: () => boolean): void {
  switch (state) {
    case "open":
      return pass(socket, behind, isSwallowing);
    case "swallows":
      return void socket.resume();
    case "closes":
      return void socket.end();
    case "resets":
      return void socket.resetAndDestroy();
    case "garbage":
      return void socket.end(randomBytes(2_000));
    default: {
      const { answers } = state;
      socket.once("data", () => socket.end(answers));
    }
  }
}

function pass(socket: Socket, behind: number, isSwallowing: () => boolean): void {
  const other = connect(behind, "127.0.0.1");
  const both = [
    [socket, other],
    [other, socket],
  ] as const;
  for (const [from, to] of both) {
    from.on("data", (chunk) => isSwallowing() || to.write(chunk));
    from.on("end", () => isSwallowing() || to.end());
    from.on("close", () => isSwallowing() || to.destroy());
    from.on("error", () => from.destroy());
  }
}
