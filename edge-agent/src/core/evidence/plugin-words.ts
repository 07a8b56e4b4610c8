// What a plugin has said, made readable: its bytes as text, its status line, and the one line of stderr that says most.
// Pure. A plugin's first line on stdout is its verdict in words (monitoring-plugins.org, "Plugin Output"); what stands on
// stderr never is one.

const [ESCAPE, BELL] = ["\u001B", "\u0007"];
/** Colours and other escape sequences of terminals. */
const ESCAPES = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)|[@-Z\\\\-_])`,
  "gu",
);
const TRACE_HEAD = /Traceback \(most recent call last\):$/;
/** A place in a file before what is wrong there, as Node prints it, or a line that `sh -x` echoes. */
const SAYS_NOTHING = /^(?:\S+:\d+|\++ .*)$/;

/** Text of bytes that should be UTF-8, cut off anywhere; where they are not, each is a character of Latin-1. */
export function decodeWords(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}

/**
 * Lines as a terminal would show them: without colours and blank lines, and of what was written over itself only the last.
 */
function linesOf(text: string): readonly string[] {
  return text
    .replaceAll(ESCAPES, "")
    .split("\n")
    .map((line) => line.trimEnd().replace(/^.*\r/s, ""))
    .filter((line) => line.trim() !== "");
}

/** The first line that a plugin wrote to stdout, without its performance data; null: it wrote none. */
export function statusLineOf(output: string): string | null {
  const [line] = linesOf(output);
  return line === undefined || isTraceHead(line) ? null : (line.split("|", 1)[0] ?? "").trim();
}

/**
 * The line of stderr that says what is wrong: the first that is neither indented nor only a place; below a traceback of
 * Python's, where the first line is the same whatever has happened, what was raised last. "" without any.
 */
export function complaintOf(errors: string): string {
  const lines = linesOf(errors);
  const below = lines.slice(lines.findLastIndex(isTraceHead) + 1);
  const says = below.find((line) => !/^\s/.test(line) && !SAYS_NOTHING.test(line));
  return (says ?? below[0] ?? lines[0] ?? "").trim();
}

/** Whether a program of Python's ended because nothing caught what it raised: then its exit code 1 is no verdict. */
export function hasTraceback(errors: string): boolean {
  return linesOf(errors).some(isTraceHead);
}

function isTraceHead(line: string): boolean {
  return TRACE_HEAD.test(line);
}
