// Recorded history as a file: what a control plane recorded around one incident, to be replayed later and elsewhere.
// `countersign incidents post-mortem ID --replay` writes it, `countersign replay FILE` runs it. What a reader would get
// wrong: it is no story that people write, and as large as what was recorded; so it is known by its first characters, before
// anything reads it as one.
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import * as z from "zod";
import { visibleText } from "@countersign/shared/values/visible-text";
import { refusalText } from "../replay/file/written-file.ts";
import { fidelityOf } from "../replay/recorded/recorded-diff.ts";
import type { RecordedHistory } from "../replay/recorded/recorded-history.ts";
import { policySpans } from "../replay/recorded/recorded-policies.ts";
import { type Decided, type RecordedWindow, runRecorded } from "../replay/recorded/recorded-run.ts";
import { loadRawPolicy, readPolicyFile } from "../replay/replay-policy.ts";
import { hostedSubject, nameOf } from "../src/core/words/subject.ts";
import { compare, isWithin, unreadableVersion, utcOf } from "./recorded-command.ts";
import { EXIT, type Output } from "./replay-command.ts";

const MARK = '{"countersign":"recorded history"';
const FILE_BYTES_MAX = 256 * 1_048_576;
const LINES_MAX = 1_000;

const Instant = z.number().int().min(0);
// What is in it was recorded by a control plane; only its frame is looked at.
const FileShape = z.looseObject({
  countersign: z.literal("recorded history"),
  version: z.literal(1),
  title: z.string(),
  fromAt: Instant,
  toAt: Instant,
  history: z.looseObject({
    events: z.array(
      z.looseObject({ at: Instant, shard: z.string(), event: z.looseObject({ kind: z.string() }) }),
    ),
    audit: z.array(z.looseObject({ at: Instant, act: z.string() })),
    settings: z.looseObject({}),
    hosts: z.array(z.looseObject({ hostId: z.string(), name: z.string() })),
    policies: z.array(z.looseObject({ version: z.number(), text: z.string() })),
  }),
});

interface Recorded extends RecordedWindow {
  readonly title: string;
  readonly history: RecordedHistory;
}

/** The text of such a file. */
export function recordedFileText({ fromAt, history, title, toAt }: Recorded): string {
  return JSON.stringify({ countersign: "recorded history", version: 1, title, fromAt, toAt, history });
}

/** Says whether a file is one, by its first characters. */
export function isRecordedFile(file: string): boolean {
  try {
    // Of a pipe the first characters would be gone.
    if (!statSync(file).isFile()) return false;
    const descriptor = openSync(file, "r");
    try {
      const bytes = Buffer.alloc(MARK.length);
      readSync(descriptor, bytes, 0, MARK.length, 0);
      return bytes.toString("utf8") === MARK;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Whoever reads it next says what is wrong with it.
    return false;
  }
}

interface Flags {
  readonly policy?: string;
  readonly json?: boolean;
  readonly all?: boolean;
}

/**
 * Runs it under the policies that were in force: ends with 0 once it has run; with `policy` beside that one, and with 1 when
 * something differs. What cannot be read ends with 2.
 */
export function replayRecordedFile(
  file: string,
  flags: Flags,
  output: Pick<Output, "print" | "complain">,
): number {
  const fail = (sentence: string) => {
    if (flags.json === true) output.print(JSON.stringify({ errors: [{ file, message: sentence }] }, null, 2));
    else output.complain(`${file}: ${sentence}`);
    return EXIT.badInput;
  };
  const read = readRecorded(file);
  if (typeof read === "string") return fail(read);
  const inForce = policySpans(read.history.policies);
  if (!inForce.ok) return fail(unreadableVersion(inForce.error.version));
  const { history } = read;
  const window = { fromAt: read.fromAt, toAt: read.toAt };
  if (flags.policy !== undefined) {
    const raw = readPolicyFile(flags.policy);
    if (!raw.ok) return fail(refusalText(raw.error));
    const policy = loadRawPolicy(raw.value);
    if (!policy.ok) return fail(`${flags.policy} is not a policy.`);
    return compare({ flags, history, window, inForce: inForce.value, policy: policy.value, output });
  }
  const run = runRecorded(history, inForce.value, window);
  const fidelity = fidelityOf(history.audit.filter(isWithin(window)), run.audit);
  if (flags.json === true)
    output.print(JSON.stringify({ ...window, fidelity, decided: run.decided }, null, 2));
  else for (const line of linesOf(read, run.decided, fidelity)) output.print(line);
  return EXIT.ok;
}

function readRecorded(file: string): Recorded | string {
  try {
    if (statSync(file).size > FILE_BYTES_MAX) return "it is too large to be replayed.";
    const parsed = FileShape.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (!parsed.success) return "it is not recorded history as this version of the command reads it.";
    return parsed.data as unknown as Recorded;
  } catch (error) {
    return `it cannot be read (${error instanceof Error ? error.message : "unknown"}).`;
  }
}

function linesOf(
  { fromAt, history, title, toAt }: Recorded,
  decided: readonly Decided[],
  { alsoHereCount, openedCount }: ReturnType<typeof fidelityOf>,
): readonly string[] {
  const more = decided.length - LINES_MAX;
  return [
    visibleText(title),
    `${history.events.length} recorded events, ${utcOf(fromAt)} to ${utcOf(toAt)} UTC`,
    `Of ${openedCount} incidents that were really opened, the replay of what was in force opens ${alsoHereCount}.`,
    "",
    ...decided.slice(0, LINES_MAX).map(lineOf),
    ...(more > 0 ? [`And ${more} more.`] : []),
    `${decided.length} things were decided.`,
  ];
}

function lineOf({ at, host, kind, reason, service, what }: Decided): string {
  const subject = nameOf(hostedSubject({ hostId: "", hostName: host }, service));
  return visibleText(`${utcOf(at)}  ${kind === "update" ? "update" : what} ${reason}, ${subject}`);
}
