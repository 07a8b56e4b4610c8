// The demo host as a program: `main.ts --kind systemd|process --state DIR`. Commands come as JSON lines on stdin and each is answered by
// one JSON line on stdout. The end of stdin ends it, so it cannot outlive whoever started it; what a kill -9 leaves, the next start
// sweeps.
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import type { DemoHost } from "./demo-host.ts";
import { openProcessHost } from "./process-host.ts";
import { openSystemdHost } from "./systemd-host.ts";

interface Command {
  readonly id: number;
  readonly do: "enrol" | "accept-trust" | "trust" | "break" | "status" | "power-off" | "stop";
  readonly url?: string;
  readonly token?: string;
  readonly trustWords?: string | null;
  readonly words?: string;
}

const { values } = parseArgs({
  options: { kind: { type: "string" }, state: { type: "string" } },
  strict: true,
});

function send(message: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function perform(host: DemoHost, command: Command): Promise<Readonly<Record<string, unknown>>> {
  switch (command.do) {
    case "enrol":
      return host.enrol({
        url: command.url ?? "",
        token: command.token ?? "",
        trustWords: command.trustWords ?? null,
      });
    case "accept-trust":
      await host.acceptTrust(command.words ?? "");
      return {};
    case "trust":
      return { ...(await host.trust()) };
    case "break":
      await host.breakService();
      return {};
    case "status":
      return { ...(await host.status()) };
    case "power-off":
      await host.losePower();
      return {};
    case "stop":
      await host.stop();
      return {};
  }
}

async function run(): Promise<void> {
  const say = (text: string) => send({ event: "step", text });
  const options = { stateDir: values.state ?? ".", say };
  const host = await (values.kind === "systemd" ? openSystemdHost(options) : openProcessHost(options));
  send({ event: "prepared", kind: host.kind, link: host.link, breakCommand: host.breakCommand });
  const lines = createInterface({ input: process.stdin });
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    await host.stop();
    process.exit(0);
  };
  lines.on("close", () => void stop());
  process.on("SIGTERM", () => void stop());
  // One command at a time, in order.
  let queue = Promise.resolve();
  lines.on("line", (line) => {
    const command = JSON.parse(line) as Command;
    queue = queue.then(async () => {
      try {
        send({ id: command.id, ok: true, ...(await perform(host, command)) });
      } catch (error) {
        send({ id: command.id, ok: false, sentence: sentenceOf(error) });
      }
    });
  });
}

// Ctrl-C reaches the whole group; the starter decides when this ends.
process.on("SIGINT", () => {});
process.on("SIGHUP", () => {});
run().catch((error: unknown) => {
  send({ event: "failed", sentence: sentenceOf(error) });
  process.exit(1);
});
