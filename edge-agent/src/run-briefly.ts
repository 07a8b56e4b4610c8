// Runs a small program of the system that only reads, and keeps what it prints. Node's own execFile and not execa: the agent stays for months, and
// execa alone is a fifth of what it would hold. Not pure.
// What a reader would get wrong: it answers at its time limit whether the program has ended or not. One that cannot be killed (it waits for a disk)
// is left behind, and until it has ended no other one is started for the same key.
import { execFile } from "node:child_process";

const TIMEOUT_MS = 3_000;

export interface BriefRun {
  readonly argv: readonly [string, ...string[]];
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  readonly outputBytesMax: number;
}

const stuck = new Set<string>();

/** What it printed; null: it failed, printed too much or did not end in time. */
export function runBriefly({ argv, environment, outputBytesMax }: BriefRun): Promise<string | null> {
  const [file, ...args] = argv;
  const key = argv.slice(0, 2).join(" ");
  if (stuck.has(key)) return Promise.resolve(null);
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { env: environment, maxBuffer: outputBytesMax, killSignal: "SIGKILL" },
      (error, stdout) => {
        clearTimeout(timer);
        resolve(error === null ? stdout : null);
      },
    );
    // Not when its pipes are closed: something that it has left behind may hold them.
    child.once("exit", () => stuck.delete(key));
    child.stdin?.end();
    const timer = setTimeout(() => {
      stuck.add(key);
      child.kill("SIGKILL");
      resolve(null);
    }, TIMEOUT_MS);
  });
}
