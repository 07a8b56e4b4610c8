// Checks an HTTP endpoint: a new connection each time (a kept one hides a listener that is gone), the status, the latency to
// the end of the body, and a body that is drained but never kept. node:http, because fetch alone costs an agent megabytes. Not pure.
import type { IncomingMessage } from "node:http";
import { classOfConnection, classOfStatus } from "../core/evidence/check-class.ts";
import { type Observation, observationOfTimeout } from "../core/evidence/observation.ts";
import { systemFailureOf } from "../failure.ts";
import { httpModuleOf } from "../http-module.ts";

/** More than this of a body is not read: the answer is judged by its status then. */
export const BODY_BYTES_MAX = 256 * 1024;

export interface HttpTarget {
  readonly url: string;
  /** accepted status codes; redirects are not followed */
  readonly status: readonly number[];
  readonly timeoutMs: number;
}

/** Sends one GET. Never rejects, and always ends by its timeout. */
export async function checkHttp(target: HttpTarget): Promise<Observation> {
  const { request } = httpModuleOf(target.url);
  const startedAt = performance.now();
  return await new Promise((resolve) => {
    const outgoing = request(target.url, {
      agent: false,
      headers: { "user-agent": "countersign-agent", accept: "*/*" },
    });
    const end = (observation: Observation) => {
      clearTimeout(timer);
      outgoing.destroy();
      resolve(observation);
    };
    const timer = setTimeout(() => end(observationOfTimeout(target.timeoutMs)), target.timeoutMs);
    outgoing.on("response", (response: IncomingMessage) => {
      const finish = () => end(judgeStatus(response.statusCode ?? 0, target, performance.now() - startedAt));
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > BODY_BYTES_MAX) finish();
      });
      response.on("end", finish);
      response.on("error", () =>
        end({ status: "fail", summary: "answer broke off", latencyMs: null, class: "network" }),
      );
    });
    outgoing.on("error", (error) => {
      const code = systemFailureOf(error)?.code ?? error.message;
      end({
        status: "fail",
        summary: `no answer (${code})`,
        latencyMs: null,
        class: classOfConnection(code),
      });
    });
    outgoing.end();
  });
}

function judgeStatus(status: number, target: HttpTarget, latencyMs: number): Observation {
  const summary = `HTTP ${status}`;
  if (target.status.includes(status)) return { status: "pass", summary, latencyMs };
  return { status: "fail", summary, latencyMs, class: classOfStatus(status) };
}
