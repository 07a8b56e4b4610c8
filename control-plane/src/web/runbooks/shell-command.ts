// Commands of the runbooks with the names of one incident in the place of UNIT, HOST and SERVICE: what stands in a view can
// be pasted into a shell, or it does not stand there. Pure. What a reader would get wrong: a host chooses its own names, so
// a name is never more than one word of a command.
import { visibleLine } from "@countersign/shared/values/visible-text";

/** What a placeholder stands for; null: nobody knows. */
export interface CommandNames {
  readonly unit: string | null;
  readonly host: string | null;
  readonly service: string | null;
}

const NAMED = /\b(?:UNIT|HOST|SERVICE)\b(?!-)/g;
/** Whatever is written in capitals alone is to be filled in by a person: a path, a token, the desk's address. */
const PLACEHOLDER = /(?<![A-Za-z])[A-Z]{2,}(?![A-Za-z])/;
/** Only commands that look. */
const CHANGES =
  /^sudo (?:systemctl (?:start|stop|restart|edit|reset-failed)|touch|rm|auditctl|countersign-agent enroll)|^(?:wrangler|npm) |-X POST/;
/** Needs no quotes in any shell, and is no option. */
const PLAIN = /^[A-Za-z0-9_.:@%+=,/][A-Za-z0-9_.:@%+=,/-]*$/;
const NAME_CHARS_MAX = 200;

/** A word of a shell; null: there is no safe way to write it. */
export function shellWord(name: string): string | null {
  if (name === "" || name.length > NAME_CHARS_MAX || name.startsWith("-") || visibleLine(name) !== name)
    return null;
  return PLAIN.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A line of a runbook as it can be pasted; null: something in it would be left to be filled in, or could not be written
 * safely.
 */
export function commandOf(line: string, names: CommandNames): string | null {
  const template = withoutComment(line).trim();
  if (template === "" || CHANGES.test(template)) return null;
  if (PLACEHOLDER.test(template.replaceAll(NAMED, ""))) return null;
  const parts: string[] = [];
  let after = 0;
  for (const { 0: placeholder, index } of template.matchAll(NAMED)) {
    const word = wordFor(placeholder, names);
    const before = template.slice(0, index);
    // Within quotes a quoted name would end them.
    if (word === null || (isQuoted(before) && word.startsWith("'"))) return null;
    parts.push(template.slice(after, index), word);
    after = index + placeholder.length;
  }
  return [...parts, template.slice(after)].join("");
}

function wordFor(placeholder: string, { host, service, unit }: CommandNames): string | null {
  const name = placeholder === "UNIT" ? unit : placeholder === "HOST" ? host : service;
  return name === null ? null : shellWord(name);
}

function isQuoted(before: string): boolean {
  const countOf = (mark: string) => before.split(mark).length - 1;
  return countOf('"') % 2 === 1 || countOf("'") % 2 === 1;
}

/** A comment begins at a blank and a number sign that stand in no quotes. */
function withoutComment(line: string): string {
  for (const { index } of line.matchAll(/(?:^|\s)#/g))
    if (!isQuoted(line.slice(0, index))) return line.slice(0, index);
  return line;
}
