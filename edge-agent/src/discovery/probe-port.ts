// Asks one port on 127.0.0.1 whether it answers 200 to a GET of a few paths, and which counters its /metrics tells. Never another address, never a
// redirect followed, a second for each question. Of an answer only the status is looked at, and of /metrics the names.
import { get, type IncomingMessage } from "node:http";
import { countersIn } from "../core/discovery/proc-text.ts";

const ANSWER_TIMEOUT_MS = 1_000;
const METRICS_BYTES_MAX = 512 * 1_024;
const USUAL_PATHS = ["/health", "/healthz", "/"];
/** Ports of other protocols, some of which write a GET into their log as an attack. */
const OTHER_PROTOCOLS: ReadonlySet<number> = new Set([
  21, 22, 23, 25, 53, 110, 111, 143, 389, 443, 445, 465, 587, 636, 873, 993, 995, 1_433, 1_883, 2_049, 2_181,
  3_306, 3_389, 4_222, 5_222, 5_432, 5_671, 5_672, 5_900, 6_379, 6_432, 8_883, 9_092, 11_211, 27_017,
]);

export interface Probed {
  readonly healthPath: string | null;
  readonly counters: readonly string[];
}
const NOTHING: Probed = { healthPath: null, counters: [] };

/** Asks a port; `first` are the paths that what runs there is known for. */
export async function probePort(port: number, first: readonly string[]): Promise<Probed> {
  if (OTHER_PROTOCOLS.has(port)) return NOTHING;
  let healthPath: string | null = null;
  for (const path of new Set([...first, ...USUAL_PATHS])) {
    const status = await statusOf(port, path);
    // nothing there speaks HTTP, so the other paths need not be asked
    if (status === null) return NOTHING;
    if (status === 200) {
      healthPath = path;
      break;
    }
  }
  const page = await ask(port, "/metrics", async (answer) =>
    answer.statusCode === 200 ? await textOf(answer) : "",
  );
  return { healthPath, counters: countersIn(page ?? "") };
}

function statusOf(port: number, path: string): Promise<number | null> {
  return ask(port, path, (answer) => Promise.resolve(answer.statusCode ?? null));
}

function ask<T>(
  port: number,
  path: string,
  read: (answer: IncomingMessage) => Promise<T>,
): Promise<T | null> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false, headers: { accept: "*/*" } });
    const end = (value: T | null) => {
      clearTimeout(timer);
      resolve(value);
      request.destroy();
    };
    const timer = setTimeout(() => end(null), ANSWER_TIMEOUT_MS);
    request.once("response", (answer) => void read(answer).then(end, () => end(null)));
    request.on("error", () => end(null));
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of answer) {
    text += String(chunk);
    if (text.length > METRICS_BYTES_MAX) break;
  }
  return text;
}
