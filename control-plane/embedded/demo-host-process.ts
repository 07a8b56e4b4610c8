// The control plane's handle on the demo host: a child process that is spoken to by JSON lines over stdio (its side is
// edge-agent/demo-host/main.ts). Nothing of it is imported here.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { VerifiedSigner } from "@countersign/shared/wire/outcome";
import { PROJECT_ROOT } from "./bundle.ts";
import { Refusal } from "./refusal.ts";
import { openRotatedLog } from "./rotated-log.ts";
import type { HostKind } from "./start-options.ts";

const COMMAND_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 20_000;

/** What the demo host says of itself (`DemoStatus` there). */
export interface DemoHostStatus {
  readonly kind: HostKind;
  readonly activeState: string;
  readonly mainPid: number;
  readonly executions: readonly {
    readonly grantId: string;
    readonly action: string;
    readonly argv: readonly string[];
    readonly status: string;
    readonly detail: string;
    /** who signed, as the host itself has verified it */
    readonly signers: readonly VerifiedSigner[];
  }[];
  readonly sudoers: readonly string[];
}

export interface DemoHostProcess {
  readonly kind: HostKind;
  readonly link: { readonly gateway: string; readonly address: string } | null;
  readonly breakCommand: string;
  /** `trustWords`: those of the fleet's trust that root accepts with it; null: none, and levels 4 and 5 stay closed */
  readonly enrol: (
    url: string,
    token: string,
    trustWords: string | null,
  ) => Promise<{ readonly hostId: string }>;
  /** root's word at the console: the offered version has these words, and is believed from now on */
  readonly acceptTrust: (words: string) => Promise<void>;
  /** the version of the fleet's trust that the host believes; null: none */
  readonly trust: () => Promise<TrustMark | null>;
  /** one line to the actuator's socket, as the agent there could send it, and the line that it answers */
  readonly askActuator: (line: string) => Promise<string>;
  readonly breakService: () => Promise<void>;
  readonly status: () => Promise<DemoHostStatus>;
  readonly losePower: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

type Message = Readonly<Record<string, unknown>>;
interface Waiting {
  readonly resolve: (message: Message) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the demo host; resolves when it is prepared (a systemd machine has its link then). */
export async function startDemoHost(options: {
  readonly kind: HostKind;
  readonly stateDir: string;
  readonly onStep: (text: string) => void;
}): Promise<DemoHostProcess> {
  const entry = join(PROJECT_ROOT, "edge-agent/demo-host/main.ts");
  const folder = join(options.stateDir, "demo-host");
  const child = spawn(process.execPath, [entry, "--kind", options.kind, "--state", folder], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const logFile = join(options.stateDir, "demo-host.log");
  const writeLog = openRotatedLog(logFile);
  child.stderr.setEncoding("utf8").on("data", writeLog);
  child.stdin.on("error", () => {}); // it died; "close" tells
  const waiting = new Map<number, Waiting>();
  const hasEnded = new Promise<void>((resolve) => child.once("close", () => resolve()));
  void hasEnded.then(() => {
    for (const { reject } of waiting.values())
      reject(new Error(`The demo host ended by itself; its log is ${logFile}`));
  });
  let nextId = 0;
  const expect = (id: number) =>
    new Promise<Message>((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(
            new Error(
              `The demo host gave no answer within ${COMMAND_TIMEOUT_MS / 1_000} s; its log is ${logFile}`,
            ),
          ),
        COMMAND_TIMEOUT_MS,
      );
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          waiting.delete(id);
          then(value);
        };
      waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
    });
  const ask = (command: Message) => {
    nextId += 1;
    const answer = expect(nextId);
    child.stdin.write(`${JSON.stringify({ id: nextId, ...command })}\n`);
    return answer;
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = JSON.parse(line) as Message;
    if (message.event === "step") return options.onStep(String(message.text));
    const waiter = waiting.get(message.event === undefined ? Number(message.id) : 0);
    if (message.event === "failed" || message.ok === false)
      waiter?.reject(new Refusal(String(message.sentence)));
    else waiter?.resolve(message);
  });
  const prepared = await expect(0);
  return {
    kind: options.kind,
    link: prepared.link as DemoHostProcess["link"],
    breakCommand: String(prepared.breakCommand),
    ...commandsOf(ask),
    stop: () => endInTime(child, hasEnded),
  };
}

function commandsOf(
  ask: (command: Message) => Promise<Message>,
): Omit<DemoHostProcess, "kind" | "link" | "breakCommand" | "stop"> {
  return {
    enrol: async (url, token, trustWords) => ({
      hostId: String((await ask({ do: "enrol", url, token, trustWords })).hostId),
    }),
    acceptTrust: async (words) => void (await ask({ do: "accept-trust", words })),
    trust: async () => (await ask({ do: "trust" })).believed as TrustMark | null,
    askActuator: async (line) => String((await ask({ do: "ask-actuator", line })).answer),
    breakService: async () => void (await ask({ do: "break" })),
    status: async () => (await ask({ do: "status" })) as unknown as DemoHostStatus,
    losePower: async () => void (await ask({ do: "power-off" })),
  };
}

/** Lets it clean up behind itself, for a bounded time. */
async function endInTime(child: ChildProcess, hasEnded: Promise<void>): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await hasEnded;
  clearTimeout(timer);
}
