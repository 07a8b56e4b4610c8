// Which values a credential file holds, so that none of them stands in a line of a log. Pure. They never leave the process that read them.
import { KNOWN_VALUE_CHARS_MIN } from "@countersign/shared/values/redaction";

/** Values of one file that are looked for; a file with more is no credential. */
const VALUES_MAX = 200;
/** Of values in JSON or `NAME=value` shorter ones are words, such as `Bearer`. */
const PART_CHARS_MIN = 8;

/** The file as a whole, its lines, what stands behind `=` or `: `, and each text of its JSON. */
export function valuesIn(text: string): readonly string[] {
  const whole = text.trim();
  const lines = whole.split(/\r?\n/).map((line) => line.trim());
  const named = lines.flatMap((line) => {
    const value = /^[\w.-]+\s*[=:]\s*(.*)$/.exec(line)?.[1];
    return value === undefined ? [] : [value.replace(/^(["'])(.*)\1$/, "$2")];
  });
  const parts = [...named, ...textsIn(parsed(whole))].filter((value) => value.length >= PART_CHARS_MIN);
  const all = [whole, ...lines, ...parts].filter((value) => value.length >= KNOWN_VALUE_CHARS_MIN);
  return [...new Set(all)].slice(0, VALUES_MAX);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
