// Names that hosts, files and addresses may bring and that a plain object already has, sorts or reads in its own way.

/** What every plain object answers to, by way of its prototype. */
export const INHERITED: readonly string[] = Object.getOwnPropertyNames(Object.prototype);

/** Names of both kinds: inherited ones, and such as are taken for something else. */
export const HOSTILE_NAMES: readonly string[] = [
  ...INHERITED,
  "prototype",
  "then",
  "length",
  "0",
  "10",
  "2",
  "-1",
  "NaN",
  "null",
  "undefined",
  "true",
  "",
  " ",
  "__defineGetter__ ",
  "ｃonstructor",
  "💥",
  "\u202Ebew",
  "a".repeat(64),
];
