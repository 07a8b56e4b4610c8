// Reads one work counter in Prometheus' text format (core/evidence/exposition.ts), out of a file or from an address. A counter that
// cannot be read is told as that, and never as zero. Not pure.
import type { IncomingMessage } from "node:http";
import type { CounterSpec } from "@countersign/shared/host/evidence-spec";
import { NOTHING_READ, type Reading } from "../core/evidence/evidence-book.ts";
import { EXPOSITION_BYTES_MAX, sumOfMetric } from "../core/evidence/exposition.ts";
import { systemFailureOf } from "../failure.ts";
import { readText } from "./read-bounded.ts";
import { failedReading } from "./source.ts";

const PAGE_TIMEOUT_MS = 3_000;

/** Reads a counter now. */
export async function readCounter(counter: CounterSpec, service: string): Promise<Reading> {
  const { file, url, metric, name } = counter;
  const place = file ?? placeOf(url ?? "");
  try {
    const text = file === undefined ? await readPage(url ?? "") : await readText(file, EXPOSITION_BYTES_MAX);
    if (text === null) return problem(`${place} is larger than ${EXPOSITION_BYTES_MAX / 1_024} KiB`);
    const value = sumOfMetric(text, metric);
    if (value === null) return problem(`${place} holds no ${metric} that is a count`);
    return { ...NOTHING_READ, events: [{ kind: "work", service, at: Date.now(), counter: name, value }] };
  } catch (error) {
    if (file !== undefined) return failedReading(file, error);
    return problem(`${place} did not answer (${systemFailureOf(error)?.code ?? String(error)})`);
  }
}

function problem(text: string): Reading {
  return { ...NOTHING_READ, problems: [text] };
}

/** An address without a password or token that opens it: what is told of it leaves the host. */
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** One GET of an address on this host; null when it is too large. */
async function readPage(url: string): Promise<string | null> {
  const { get } = new URL(url).protocol === "https:" ? await import("node:https") : await import("node:http");
  return await new Promise((resolve, reject) => {
    const request = get(url, { agent: false, headers: { accept: "text/plain" } });
    const timer = setTimeout(
      () => fail(new Error(`no answer within ${PAGE_TIMEOUT_MS} ms`)),
      PAGE_TIMEOUT_MS,
    );
    const end = (settle: () => void) => {
      clearTimeout(timer);
      request.destroy();
      settle();
    };
    const fail = (error: Error) => end(() => reject(error));
    request.on("error", fail);
    request.on("response", (response: IncomingMessage) => {
      if (response.statusCode !== 200) return fail(new Error(`HTTP ${response.statusCode}`));
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("error", fail);
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > EXPOSITION_BYTES_MAX) end(() => resolve(null));
        else chunks.push(chunk);
      });
      response.on("end", () => end(() => resolve(Buffer.concat(chunks).toString("utf8"))));
    });
  });
}
