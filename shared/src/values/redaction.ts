// Takes secrets out of the last lines of a log, before they leave the helper that read them. Pure.
// What a reader would get wrong: it errs on one side only. What looks like a secret goes, whether it is one or not (a commit's hash, an
// identifier, what follows "token:"); what has no form by which it can be told, such as a short word of a person's choosing in the middle of
// a sentence, stays. So the lines may be switched off per service, and nothing is judged by them.
import { visibleText } from "./visible-text.ts";

/** What stands where something was. */
export const REDACTED = "[redacted]";

/** A value that is shorter is no secret that could be told from words. */
export const KNOWN_VALUE_CHARS_MIN = 6;

/** Of a line so much is looked at: far more than is told of one. */
const LINE_CHARS_MAX = 4_000;

/** Colours and cursor moves of terminals: they would stand between the letters of what is looked for. */
// eslint-disable-next-line no-control-regex
const TERMINAL = /[\u001B\u009B](?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])?/g;
/** What cannot be seen, and so could stand within a secret without being seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Names whose value is one, also as the end of a longer name (`DB_PASSWORD`). Each count is bounded: a log must not choose how long this takes. */
const NAME = String.raw`(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|credential|cookie|(?:api|access|auth|private|encryption|signing)[-_ ]?key|session[-_ ]?(?:id|key)|signature|bearer|otp)[\w.-]{0,40}`;

type Rule = readonly [pattern: RegExp, replacement: string];

const RULES: readonly Rule[] = [
  // Headers: all that follows.
  [
    /\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]{0,40}?(?:key|token|auth|secret)[\w-]{0,40})(["']?\s*[:=]\s*).*/gi,
    `$1$2${REDACTED}`,
  ],
  [/\b(bearer|basic|digest|negotiate)\s+["']?[\w+/=.~:-]{6,}/gi, `$1 ${REDACTED}`],
  // Who and by what, in an address: up to the last @ before a blank.
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s"'<>]*@/gi, `$1${REDACTED}@`],
  [
    /\b(hooks\.slack\.com\/|discord(?:app)?\.com\/api\/webhooks\/|api\.telegram\.org\/)\S+/gi,
    `$1${REDACTED}`,
  ],
  // Named values: in quotes to their end, after `: ` to the end of the line, else to the next blank.
  [new RegExp(String.raw`(${NAME}\\?["']?\s*(?:[:=]|=>)\s*\\?")(?:[^"\\]|\\.)*`, "gi"), `$1${REDACTED}`],
  [new RegExp(String.raw`(${NAME}["']?\s*(?:[:=]|=>)\s*')(?:[^'\\]|\\.)*`, "gi"), `$1${REDACTED}`],
  [
    new RegExp(
      String.raw`(${NAME}["']?(?:\s*:\s+|\s+[:=]\s*|\s*=\s+|\s*=>\s*|\s+is\s+))(?!\\?["'])\S.*`,
      "gi",
    ),
    `$1${REDACTED}`,
  ],
  [new RegExp(String.raw`(${NAME}["']?[:=])(?!\\?["'])\S+`, "gi"), `$1${REDACTED}`],
  [new RegExp(String.raw`(?<=-[\w.-]{0,40})(${NAME}\s+)(?!-)\S+`, "gi"), `$1${REDACTED}`],
  // Forms by which those who give them out have made them known.
  [/\b(?:sk|pk|rk|ak)[-_][\w-]{8,}/g, REDACTED],
  [
    /\b(?:gh[pousr]|github_pat|glpat|gldt|glrt|npm|pypi|hf|dop_v1|shpat|shpss|sq0atp|sq0csp|xox[a-z]|xapp|AGE-SECRET-KEY|hvs|hvb|dckr_pat|figd|lin_api|ATATT|SG|ya29|whsec|PMAK|nvapi|gsk|csk|cs[a-z])[-_.][\w.-]{8,}/g,
    REDACTED,
  ],
  [/\b(?:AKIA|ASIA|AGPA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}/g, REDACTED],
  [/\bAIza[\w-]{20,}/g, REDACTED],
  [/\bey[JA-Z][\w-]{8,}(?:\.[\w-]*){0,4}/g, REDACTED],
  [/\b\d{6,12}:[\w-]{30,}/g, REDACTED],
  // Whose mail it is says nothing of the failure; the instance of a unit is no mail.
  [
    /[\w.+%-]{1,64}@(?![\w.-]{1,200}\.(?:service|socket|timer|target|slice|scope|mount)\b)((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})/gi,
    `${REDACTED}@$1`,
  ],
];

const RUN = /[A-Za-z0-9+/_=-]{20,}/g;
const PEM_BEGIN = /-----BEGIN [A-Z0-9 ]+-----/;
const PEM_END = /-----END [A-Z0-9 ]+-----/;

/** The same lines without what is, or may be, a secret; each is text that can be shown. `known`: values that must not stand anywhere. */
export function redactedLines(lines: readonly string[], known: readonly string[] = []): readonly string[] {
  const plain = lines.map((line) => withinBound(line).replaceAll(TERMINAL, "").replaceAll("\t", "  "));
  const values = formsOf(known);
  return withoutPem(plain).map((line) => redactedLine(line, values));
}

// A run that is cut in two has lost its form: it goes whole.
function withinBound(line: string): string {
  if (line.length <= LINE_CHARS_MAX) return line;
  return `${line.slice(0, LINE_CHARS_MAX).replace(/\S*$/, REDACTED)}…`;
}

function redactedLine(line: string, known: readonly string[]): string {
  const redacted = withoutSecrets(line, known);
  // Read once more as it looks: where that hides more, a secret was written with something between its letters.
  const seen = line.replaceAll(UNSEEN, "");
  if (seen === line) return redacted;
  const asSeen = withoutSecrets(seen, known);
  return asSeen === seen ? visibleText(redacted) : asSeen;
}

function withoutSecrets(line: string, known: readonly string[]): string {
  const unknown = known.reduce((text, value) => text.replaceAll(value, REDACTED), line);
  const ruled = RULES.reduce(
    (text, [pattern, replacement]) => text.replaceAll(pattern, replacement),
    unknown,
  );
  return ruled.replaceAll(RUN, (run) => (isLikeSecret(run) ? REDACTED : run));
}

// Long runs of letters and digits that no word or path has.
function isLikeSecret(run: string): boolean {
  const count = (pattern: RegExp) => run.match(pattern)?.length ?? 0;
  const digits = count(/\d/g);
  const letters = count(/[A-Za-z]/g);
  const turns = count(/[a-z][A-Z]/g);
  const isMixed = digits > 0 && /[a-z]/.test(run) && /[A-Z]/.test(run);
  if (isMixed || turns > 4) return true;
  return !run.includes("/") && digits > 2 && (letters > 2 || run.length >= 32);
}

/** A block whose beginning is not there ends where its end is; one without an end goes on. */
function withoutPem(lines: readonly string[]): readonly string[] {
  const firstEnd = lines.findIndex((line) => PEM_END.test(line));
  const firstBegin = lines.findIndex((line) => PEM_BEGIN.test(line));
  let isWithin = firstEnd !== -1 && (firstBegin === -1 || firstEnd < firstBegin);
  return lines.map((line) => {
    const begins = PEM_BEGIN.test(line);
    const wasWithin = isWithin;
    if (begins) isWithin = true;
    const ends = PEM_END.test(line) && line.search(PEM_END) >= line.search(PEM_BEGIN);
    if (ends) isWithin = false;
    return begins || wasWithin || ends ? REDACTED : line;
  });
}

/** Each value as it may stand in a log: as it is, in an address, in JSON; the longest first. */
function formsOf(known: readonly string[]): readonly string[] {
  const forms = known
    .filter((value) => value.length >= KNOWN_VALUE_CHARS_MIN)
    .flatMap((value) => [
      value,
      encodeURIComponent(value.toWellFormed()),
      JSON.stringify(value).slice(1, -1),
    ]);
  return [...new Set(forms)].sort((left, right) => right.length - left.length);
}
