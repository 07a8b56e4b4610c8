// Reads one work counter in Prometheus' text formats (core/evidence/exposition.ts), out of a file or from an address, and
// remembers its series for how much each grew. A counter that cannot be read is told as that, and never as zero. Not pure.
import type { IncomingMessage } from "node:http";
import type { CounterSpec } from "@countersign/shared/host/evidence-spec";
import { readMatcher } from "@countersign/shared/host/series-text";
import { assert } from "@countersign/shared/values/result";
import { readCounterIn, type SeriesValues, wordsOfProblem } from "../core/evidence/counter-reading.ts";
import { NOTHING_READ, type Reading } from "../core/evidence/evidence-book.ts";
import { EXPOSITION_BYTES_MAX, parseExposition } from "../core/evidence/exposition.ts";
import { workBetween } from "../core/evidence/work-counter.ts";
import { systemFailureOf } from "../failure.ts";
import { httpModuleOf } from "../http-module.ts";
import { readText } from "./read-bounded.ts";
import { failedReading } from "./source.ts";

const PAGE_TIMEOUT_MS = 3_000;

/** What one look at a counter found: its series, or a reading that says what is wrong. */
export type CounterLook =
  | { readonly values: SeriesValues }
  | { readonly values: null; readonly reading: Reading };

interface MetricsText {
  /** null: it is larger than what is read */
  readonly text: string | null;
  /** its sender says so */
  readonly isOpenMetrics: boolean;
}

/** Makes a reader that remembers the counter's series from one reading to the next. */
export function createCounterReader(counter: CounterSpec, service: string): () => Promise<Reading> {
  let known: SeriesValues | null = null;
  return async () => {
    const look = await lookAtCounter(counter);
    if (look.values === null) return look.reading;
    const { value, gain } = workBetween(known, look.values);
    known = look.values;
    const work = { kind: "work", service, at: Date.now(), counter: counter.name, value } as const;
    return { ...NOTHING_READ, events: [gain === null ? work : { ...work, gain }] };
  };
}

/** Looks at a counter now. `root`: where the host's files are seen by another process; they are named without it. */
export async function lookAtCounter(
  { file, url = "", metric }: CounterSpec,
  root = "",
): Promise<CounterLook> {
  const place = file ?? placeOf(url);
  try {
    const { text, isOpenMetrics } = file === undefined ? await readPage(url) : await readFileAt(root + file);
    if (text === null) return problem(`${place} is larger than ${EXPOSITION_BYTES_MAX / 1_024} KiB`);
    const wanted = readMatcher(metric);
    assert(wanted.ok, "a catalogue that was accepted asks for a metric that can be read");
    const read = readCounterIn(parseExposition(text, isOpenMetrics), wanted.value);
    if (read.ok) return { values: read.value };
    return problem(wordsOfProblem(read.error, place, wanted.value.name));
  } catch (error) {
    if (file !== undefined) return { values: null, reading: await failedReading(file, error) };
    return problem(`${place} did not answer (${systemFailureOf(error)?.code ?? String(error)})`);
  }
}

function problem(text: string): CounterLook {
  return { values: null, reading: { ...NOTHING_READ, problems: [text] } };
}

/** An address without a password or token that opens it: what is told of it leaves the host. */
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

async function readFileAt(path: string): Promise<MetricsText> {
  return { text: await readText(path, EXPOSITION_BYTES_MAX), isOpenMetrics: false };
}

/** One GET of an address on this host. */
async function readPage(url: string): Promise<MetricsText> {
  const { get } = httpModuleOf(url);
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
      const isOpenMetrics = /^application\/openmetrics-text\b/i.test(response.headers["content-type"] ?? "");
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("error", fail);
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > EXPOSITION_BYTES_MAX) end(() => resolve({ text: null, isOpenMetrics }));
        else chunks.push(chunk);
      });
      response.on("end", () =>
        end(() => resolve({ text: Buffer.concat(chunks).toString("utf8"), isOpenMetrics })),
      );
    });
  });
}
