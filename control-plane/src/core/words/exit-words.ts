// How a process ended, in words, from what its host says that systemd says of it. Pure. Numbers from 200 on are systemd's own: the program was
// not run at all.
import type { ExitStatus } from "@countersign/shared/wire/last-words";

const SIGNALS: ReadonlyMap<number, string> = new Map([
  [1, "SIGHUP"],
  [2, "SIGINT"],
  [3, "SIGQUIT"],
  [4, "SIGILL"],
  [6, "SIGABRT"],
  [7, "SIGBUS"],
  [8, "SIGFPE"],
  [9, "SIGKILL"],
  [11, "SIGSEGV"],
  [13, "SIGPIPE"],
  [14, "SIGALRM"],
  [15, "SIGTERM"],
  [31, "SIGSYS"],
]);

const NOT_RUN: ReadonlyMap<number, string> = new Map([
  [200, "its working directory cannot be used"],
  [203, "its program cannot be run"],
  [209, "its output cannot be opened"],
  [216, "its group cannot be used"],
  [217, "its user is not there"],
  [226, "its sandbox cannot be made"],
  [238, "its state directory cannot be made"],
]);

/** Such as `exited with status 1`, `was killed by signal 9 (SIGKILL)`. */
export function exitWords({ code, status }: ExitStatus): string {
  if (code === "exited") {
    const why = NOT_RUN.get(status);
    return why === undefined ? `exited with status ${status}` : `was not run: ${why} (status ${status})`;
  }
  const name = SIGNALS.get(status);
  const signal = name === undefined ? `signal ${status}` : `signal ${status} (${name})`;
  if (code === "killed") return `was killed by ${signal}`;
  if (code === "dumped") return `crashed by ${signal}`;
  return `ended: ${code} ${status}`;
}
