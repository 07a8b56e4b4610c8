// Checks that a TCP port takes a connection. Sends nothing. Not pure.
import { connect } from "node:net";
import { classOfConnection } from "../core/evidence/check-class.ts";
import { type Observation, observationOfTimeout } from "../core/evidence/observation.ts";
import { systemFailureOf } from "../failure.ts";

export interface TcpTarget {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** Connects and hangs up. Never rejects, and always ends by its timeout. */
export function checkTcp({ host, port, timeoutMs }: TcpTarget): Promise<Observation> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const socket = connect({ host, port });
    const end = (observation: Observation) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(observation);
    };
    // Not socket.setTimeout: that one starts anew with each address that is tried.
    const timer = setTimeout(() => end(observationOfTimeout(timeoutMs)), timeoutMs);
    socket.on("connect", () => {
      end({ status: "pass", summary: "connected", latencyMs: performance.now() - startedAt });
    });
    socket.on("error", (error) => {
      const code = systemFailureOf(error)?.code ?? error.message;
      end({
        status: "fail",
        summary: `no connection (${code})`,
        latencyMs: null,
        class: classOfConnection(code),
      });
    });
  });
}
