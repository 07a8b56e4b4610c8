// Keys that belong to another word: `by` where nothing is waited for, `service` beside a word that is about a whole host. Nothing in a file is
// ever ignored, so they are refused with their place. Pure. It looks at what was written, also where its shape is wrong elsewhere.
import type { FoundProblem } from "@countersign/shared/files/file-problem";
import { BESIDE, EVENT_KEYS, VERB_NAMES } from "./event-format.ts";
import { EXPECTATION_KEYS, EXPECTATION_WORDS } from "./expectation-format.ts";

type Written = Readonly<Record<string, unknown>>;

/** All keys of a file that stand beside a word they do not belong to. */
export function foreignKeys(file: unknown): readonly FoundProblem[] {
  return [
    ...listAt(file, "events").flatMap((event, index) => foreignIn(event, ["events", index], EVENT_TABLE)),
    ...listAt(file, "expect").flatMap((expected, index) =>
      foreignIn(expected, ["expect", index], EXPECTATION_TABLE),
    ),
  ];
}

interface Table {
  readonly words: readonly string[];
  /** keys that belong to some words only */
  readonly keys: readonly string[];
  readonly keysOf: (word: string) => readonly string[];
  readonly explain: (word: string, key: string) => string;
}

const EVENT_TABLE: Table = {
  words: VERB_NAMES,
  keys: EVENT_KEYS,
  keysOf: (word) => BESIDE[word as keyof typeof BESIDE],
  explain: (word, key) =>
    key === "cause"
      ? "cause belongs to keepalives: lost"
      : key === "service" && BESIDE[word as keyof typeof BESIDE].length > 0
        ? `${word} is about a whole host, not about a service of it`
        : `${word} is about no host`,
};

const EXPECTATION_TABLE: Table = {
  words: EXPECTATION_WORDS,
  keys: [...new Set<string>(Object.values(EXPECTATION_KEYS).flat())],
  keysOf: (word) => EXPECTATION_KEYS[word as keyof typeof EXPECTATION_KEYS],
  explain: (word, key) => {
    const owners = EXPECTATION_WORDS.filter((other) =>
      (EXPECTATION_KEYS[other] as readonly string[]).includes(key),
    );
    const own = EXPECTATION_KEYS[word as keyof typeof EXPECTATION_KEYS].join(", ");
    return `${key} belongs to ${owners.join(", ")}; beside ${word} may stand ${own}`;
  },
};

function foreignIn(
  written: unknown,
  path: readonly PropertyKey[],
  { explain, keys, keysOf, words }: Table,
): readonly FoundProblem[] {
  if (!isWritten(written)) return [];
  const [word, ...others] = words.filter((name) => Object.hasOwn(written, name));
  // without a word, or with two of them, nobody knows to which the keys belong
  if (word === undefined || others.length > 0) return [];
  const own = keysOf(word);
  return keys
    .filter((key) => Object.hasOwn(written, key) && !own.includes(key))
    .map((key) => ({ path: [...path, key], isKey: true, message: explain(word, key) }));
}

function listAt(file: unknown, key: "events" | "expect"): readonly unknown[] {
  const list = isWritten(file) ? file[key] : undefined;
  return Array.isArray(list) ? list : [];
}

function isWritten(value: unknown): value is Written {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
