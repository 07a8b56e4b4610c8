// Which failure class the end of a session is, by its exit code or signal. Pure. The program itself knows best: its own exit codes are
// mapped by whoever starts it (`--class 41=auth`); of the rest only what the shell's conventions say is claimed.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { FailureClass } from "@countersign/shared/wire/failure-class";

/** How a process ended. */
export interface SessionEnd {
  /** null: a signal ended it */
  readonly code: number | null;
  readonly signal: string | null;
}

export type ExitClasses = ReadonlyMap<number, FailureClass>;

/** Reads `41=auth` and the like. */
export function parseExitClasses(texts: readonly string[]): Result<ExitClasses, { readonly reason: string }> {
  const classes = new Map<number, FailureClass>();
  for (const text of texts) {
    const [, code = "", name = ""] = /^([0-9]{1,3})=([a-z-]+)$/.exec(text) ?? [];
    const parsed = FailureClass.safeParse(name);
    if (!parsed.success || Number(code) < 1 || Number(code) > 255)
      return refuse({
        reason: `--class ${text} is not right: write an exit code and one of ${FailureClass.options.join(", ")}, such as 41=auth.`,
      });
    classes.set(Number(code), parsed.data);
  }
  return ok(classes);
}

/** The class of an end; null: it ended well. */
export function classOfEnd({ code, signal }: SessionEnd, classes: ExitClasses): FailureClass | null {
  if (code === 0) return null;
  const declared = code === null ? undefined : classes.get(code);
  if (declared !== undefined) return declared;
  if (signal !== null) return "crash";
  // 124: timeout(1); 126 and 127: the shell could not start it; above 128: a signal, seen through a shell.
  if (code === 124) return "timeout";
  if (code === 126 || code === 127) return "config";
  return code !== null && code > 128 ? "crash" : "other";
}

/** The ledger's line of a session that ended. */
export function sessionLine(
  session: { readonly startedAt: number; readonly endedAt: number } & SessionEnd,
  classes: ExitClasses,
): string {
  const { startedAt, endedAt, code, signal } = session;
  const detail = signal === null ? `exit code ${code}` : `signal ${signal}`;
  return `${JSON.stringify({ startedAt, endedAt, class: classOfEnd(session, classes), detail })}\n`;
}
