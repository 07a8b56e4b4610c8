// `countersign-agent actuator`: runs the actuator in the foreground. systemd starts it by its socket; in process mode whoever wants it.
import { detailOf } from "../actuator-protocol.ts";
import {
  IDLE_EXIT_MS,
  type RunningActuator,
  listenOnOf,
  openPorts,
  serveActuator,
  serveFailure,
  whenIdle,
} from "../actuator/compose.ts";
import { describeFailure, EXIT } from "../failure.ts";
import type { HostPaths } from "../paths.ts";
import type { Print } from "./print.ts";

export interface ActuatorOptions {
  readonly paths: HostPaths;
  readonly print: Print;
  /** absent: stops on SIGTERM and SIGINT */
  readonly signal?: AbortSignal;
}

/** Runs until told to stop (or idle, when socket-activated); returns the exit code. */
export async function runActuator(options: ActuatorOptions): Promise<number> {
  const { paths, print } = options;
  // Whatever it creates is its own: state and, in process mode, the socket.
  process.umask(0o077);
  const listenOn = listenOnOf(paths, process.env);
  const stop = options.signal === undefined ? stopOnSignals() : whenAborted(options.signal);
  const failed = Promise.withResolvers<never>();
  let running: RunningActuator | null = null;
  try {
    const opened = await openPorts(paths, failed.reject);
    running = await serveActuator(opened.ports, listenOn);
    print.line(`actuator listens on ${"fd" in listenOn ? "the socket systemd passed" : listenOn.path}`);
    const idle = "fd" in listenOn ? [whenIdle(running, IDLE_EXIT_MS)] : [];
    await Promise.race([stop, failed.promise, ...idle]);
    await running.server.close();
    // What runs is watched to its end, so that it is reported as what it was and not as lost.
    await running.actuator.settle();
    await opened.close();
    return EXIT.ok;
  } catch (error) {
    const sentence = describeFailure(error);
    print.error(sentence);
    // One that failed at work must end, whoever is still connected: the next one starts anew from the disk.
    if (running !== null) await running.server.close();
    else if ("fd" in listenOn)
      await serveFailure({ fd: listenOn.fd, detail: detailOf(sentence), durationMs: IDLE_EXIT_MS }, stop);
    return EXIT.failed;
  }
}

function stopOnSignals(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
