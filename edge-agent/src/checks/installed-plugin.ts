// Has systemd run a Nagios plugin on an installed host, where the plugin sees the machine as it is and has limits of its
// own: connects to the socket of that check, sends nothing, and reads until systemd hangs up
// (core/evidence/plugin-units.ts). Not pure.
import { connect } from "node:net";
import { type Observation, observationOfTimeout } from "../core/evidence/observation.ts";
import { judgePluginStream } from "../core/evidence/plugin-stream.ts";
import { PLUGIN_ERRORS_BYTES_MAX, type PluginPlace, placeOf } from "../core/evidence/plugin-units.ts";
import { systemFailureOf } from "../failure.ts";
import { keepBytes } from "./kept-bytes.ts";
import {
  type CheckPlugin,
  OBSERVATION_OF_FLOOD,
  PLUGIN_FLOOD_BYTES_MIN,
  PLUGIN_OUTPUT_BYTES_MAX,
} from "./plugin-check.ts";

/** Beside what it wrote to stderr, the end of a stream holds two lines of ours. */
const TAIL_BYTES_MAX = PLUGIN_ERRORS_BYTES_MAX + 4_096;

/** How long the end of the run before may take: systemd kills in milliseconds. */
const BEFORE_GRACE_MS = 250;

/**
 * Runs plugins by their sockets. Remembers those that have not ended, because not even systemd can end what hangs in the
 * kernel.
 */
export function createPluginAsker(placeOfPlugin: typeof placeOf = placeOf): CheckPlugin {
  const running = new Map<string, Promise<void>>();
  return async (plugin) => {
    const place = placeOfPlugin(plugin);
    const { timeout: timeoutMs } = plugin.check;
    const before = running.get(place.socket);
    if (before !== undefined && !(await endsWithin(before, BEFORE_GRACE_MS)))
      return {
        status: "fail",
        summary: "the run before has not ended: it hangs in the kernel, or systemd does not answer",
        latencyMs: null,
        class: "timeout",
      };
    const { observation, ended } = ask(place, timeoutMs);
    running.set(place.socket, ended);
    void ended.then(() => running.delete(place.socket));
    return await observation;
  };
}

function ask(place: PluginPlace, timeoutMs: number) {
  const startedAt = performance.now();
  const kept = keepBytes(PLUGIN_OUTPUT_BYTES_MAX, TAIL_BYTES_MAX);
  const socket = connect({ path: place.socket });
  const ended = new Promise<void>((resolve) => void socket.on("close", () => resolve()));
  const observation = new Promise<Observation>((resolve) => {
    const timer = setTimeout(() => resolve(observationOfTimeout(timeoutMs)), timeoutMs);
    socket.on("data", (chunk) => {
      kept.take(chunk);
      if (kept.byteCount() <= PLUGIN_FLOOD_BYTES_MIN) return;
      resolve(OBSERVATION_OF_FLOOD);
      socket.destroy();
    });
    socket.on("error", (error) => resolve(observationOfNoConnection(error)));
    socket.on("close", () => {
      clearTimeout(timer);
      const stream = { head: kept.head(), tail: kept.tail(), byteCount: kept.byteCount() };
      const latencyMs = performance.now() - startedAt;
      resolve(judgePluginStream({ ...stream, latencyMs }, { ...place, timeoutMs }));
    });
  });
  return { observation, ended };
}

function observationOfNoConnection(error: Error): Observation {
  const code = systemFailureOf(error)?.code ?? error.message;
  const isNotInstalled = code === "ENOENT" || code === "ECONNREFUSED" || code === "EACCES";
  const summary = isNotInstalled
    ? `its socket is not there (${code}): run \`countersign-agent install\`, as after each change of the catalogue`
    : `no connection to its socket (${code})`;
  return { status: "fail", summary, latencyMs: null, class: "other" };
}

async function endsWithin(ended: Promise<void>, graceMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, graceMs, false);
  });
  const isEnded = await Promise.race([ended.then(() => true), late]);
  clearTimeout(timer);
  return isEnded;
}
