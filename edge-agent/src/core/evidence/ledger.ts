// A service's ledger: a file to which the service, or what runs it, appends one JSON line for each thing that happened. Pure. A line is
// a fact as shared/src/wire/fact.ts has it, in the words of people who write it from a shell: `kind` absent is a session, instants may be
// ISO or seconds, and the service is the one whose ledger it is.
// What a reader would get wrong: the ledger belongs to a watched service, which may lie. It can say what happened to itself and nothing
// that the agent sees with its own eyes, and no command of its choice reaches a page.
import { SUMMARY_CHARS_MAX } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { Fact, type FactKind } from "@countersign/shared/wire/fact";
import { parseInstant } from "../instant-text.ts";

/** A longer line is refused. */
export const LEDGER_LINE_CHARS_MAX = 4_096;
/** Lines taken in one reading; the rest follow in the next. */
export const LEDGER_LINES_MAX = 64;
/** Bytes read at once. */
export const LEDGER_CHUNK_BYTES = 64 * 1024;

/** What a ledger may tell. The agent itself reads credentials, code, pressure and privileges, and the control plane derives health. */
const LEDGER_KINDS: readonly FactKind[] = [
  "session",
  "session-running",
  "work",
  "latency",
  "restart",
  "fallback",
  "credential-use",
  "config-changed",
  "identity",
  "provider",
  "attempt",
  "drill",
  "heartbeat",
  "log",
];

/** What a line is read against. */
export interface LedgerScene {
  readonly service: string;
  readonly now: number;
  /** names of the credentials that the catalogue declares for the service */
  readonly credentials: readonly string[];
  /** the one that its sessions use, as the catalogue says; absent: it does not */
  readonly credential?: string | undefined;
  /** the commands of the catalogue's actions, as a person would type them: the only ones a denied attempt may name */
  readonly commands: readonly string[];
}

/** Why a line is not taken, in words that hold nothing of its values. */
export interface LineRefusal {
  readonly reason: string;
}

type Line = Readonly<Record<string, unknown>>;

/** Reads one line into facts; a session that says which credential it used, or has only one, is also a use of that credential. */
export function parseLedgerLine(line: string, scene: LedgerScene): Result<readonly Fact[], LineRefusal> {
  if (line.length > LEDGER_LINE_CHARS_MAX)
    return refuse({ reason: `a line has more than ${LEDGER_LINE_CHARS_MAX} characters` });
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return refuse({ reason: "a line is not JSON" });
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    return refuse({ reason: "a line is no JSON object" });
  const told = json as Line;
  const kind = LEDGER_KINDS.find((known) => known === (told["kind"] ?? "session"));
  if (kind === undefined) return refuse({ reason: "a line has a kind that a ledger cannot tell" });
  const fields = withShortDetail({ ...told, kind });
  if (kind === "session") return sessionFacts(fields, scene);
  return kind === "session-running" ? runningFact(fields, scene) : otherFact(fields, scene);
}

// `startedAt` null: whoever writes it knows that none runs.
function runningFact(line: Line, scene: LedgerScene): Result<readonly Fact[], LineRefusal> {
  const started = line["startedAt"];
  const startedAt = started === null ? null : parseInstant(started);
  if (startedAt === null && started !== null)
    return refuse({ reason: "a session that runs has no startedAt that is an instant" });
  return otherFact({ ...line, startedAt }, scene);
}

function sessionFacts(line: Line, scene: LedgerScene): Result<readonly Fact[], LineRefusal> {
  const { startedAt: started, endedAt: ended, at: told, credential: named, ...rest } = line;
  const startedAt = parseInstant(started);
  const at = ended === undefined && told === undefined ? scene.now : parseInstant(ended ?? told);
  if (startedAt === null || at === null)
    return refuse({ reason: "a session has no startedAt or endedAt that is an instant" });
  const session = Fact.safeParse({ ...rest, service: scene.service, startedAt, at });
  if (!session.success || session.data.kind !== "session")
    return refuse({ reason: `a session is not right: ${firstIssueOf(session.error)}` });
  const credential = named ?? scene.credential ?? onlyOf(scene.credentials);
  if (credential === undefined) return ok([session.data]);
  const use = useOf(session.data, credential);
  if (use === null) return ok([session.data]);
  const parsedUse = Fact.safeParse(use);
  return parsedUse.success
    ? ok([session.data, parsedUse.data])
    : refuse({ reason: "a session names no credential" });
}

// The credential was good when the session began: what the file became in between is not proven by its end.
function useOf(session: Extract<Fact, { kind: "session" }>, credential: unknown): object | null {
  const { service, at, startedAt, detail } = session;
  const use = { kind: "credential-use", service, credential };
  if (session.class === null) return { ...use, at: startedAt, isAccepted: true };
  return session.class === "auth" ? { ...use, at, isAccepted: false, detail } : null;
}

function onlyOf([first, second]: readonly string[]): string | undefined {
  return second === undefined ? first : undefined;
}

function otherFact(line: Line, scene: LedgerScene): Result<readonly Fact[], LineRefusal> {
  const at = line["at"] === undefined ? scene.now : parseInstant(line["at"]);
  if (at === null) return refuse({ reason: "a line has an `at` that is no instant" });
  const parsed = Fact.safeParse({ ...line, service: scene.service, at });
  return parsed.success
    ? ok([withKnownCommand(parsed.data, scene.commands)])
    : refuse({ reason: `a ${String(line["kind"])} line is not right: ${firstIssueOf(parsed.error)}` });
}

function withShortDetail(line: Line): Line {
  const { detail } = line;
  return typeof detail === "string" ? { ...line, detail: detail.slice(0, SUMMARY_CHARS_MAX) } : line;
}

// A person is shown a denied command as the one to run. One that root has not written into the catalogue is not passed on.
function withKnownCommand(fact: Fact, commands: readonly string[]): Fact {
  if (fact.kind !== "attempt" || fact.deniedCommand === undefined) return fact;
  return commands.includes(fact.deniedCommand)
    ? fact
    : { ...fact, deniedCommand: "(not a command of this host's catalogue: see the service's ledger)" };
}

// Of an issue only the field is told: values are the service's, and may be secret.
function firstIssueOf(error: ReturnType<typeof Fact.safeParse>["error"]): string {
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return "it has not the right shape";
  const field = issue.path.join(".");
  return issue.code === "unrecognized_keys" ? `unknown field ${issue.keys[0] ?? ""}` : `field ${field}`;
}

/** Where reading goes on: the file by its inode, and how many bytes of it are done with. */
export interface LedgerPosition {
  readonly inode: string;
  readonly offset: number;
  /** in the middle of a line that is too long */
  readonly isSkipping: boolean;
}

/**
 * Where to read a file of this inode and size. Never looked at before (null): from its end, history is no news. Replaced or truncated
 * since: from its beginning.
 */
export function nextPosition(
  before: LedgerPosition | null,
  file: { readonly inode: string; readonly size: number },
): LedgerPosition {
  const { inode, size } = file;
  if (before === null) return { inode, offset: size, isSkipping: false };
  if (before.inode !== inode || size < before.offset) return { inode, offset: 0, isSkipping: false };
  return before;
}

/** The position of a file that is not there: whatever appears is read from its beginning. */
export const NO_LEDGER_YET: LedgerPosition = { inode: "", offset: 0, isSkipping: false };

/** What a chunk of bytes holds: whole lines, and how far it may be done with. A line without its end is left for the next reading. */
export function takeLines(
  position: LedgerPosition,
  chunk: Uint8Array,
): { readonly lines: readonly string[]; readonly position: LedgerPosition; readonly isTooLong: boolean } {
  const lines: string[] = [];
  let { isSkipping } = position;
  let from = 0;
  while (lines.length < LEDGER_LINES_MAX) {
    const end = chunk.indexOf(0x0a, from);
    if (end === -1) break;
    const line = new TextDecoder().decode(chunk.subarray(from, end)).trim();
    if (!isSkipping && line !== "") lines.push(line);
    isSkipping = false;
    from = end + 1;
  }
  const isTooLong = from === 0 && chunk.length >= LEDGER_CHUNK_BYTES;
  const done = isTooLong ? chunk.length : from;
  return {
    lines,
    position: { ...position, offset: position.offset + done, isSkipping: isTooLong || isSkipping },
    isTooLong,
  };
}
