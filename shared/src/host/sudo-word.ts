// Which words sudo can be given exactly, and which of them name what is ours. Pure; asked by the catalogue, which names the place to mend,
// and again before a line of sudoers is written.
// What a reader would get wrong: a backslash has no exact spelling. sudo matches arguments as patterns, where it hides the character behind
// it, and wants four; sudo-rs compares them, and wants two. Either spelling names another unit to the other.

/** Units and containers of the agent's own; no action may name them. */
export const OWN_UNIT_PATTERN = /^countersign-/;

/** No wildcard, quote, blank, backslash or regular expression of sudoers. */
const SUDO_WORD = /^[A-Za-z0-9_./@%+:=,-]+$/;

/** Why a word cannot stand in a line of sudoers exactly; null: it can. */
export function sudoWordProblem(word: string): string | null {
  if (SUDO_WORD.test(word)) return null;
  return word.includes("\\")
    ? "sudo and sudo-rs read a backslash differently, so no line can allow exactly this name: give the unit an alias without one (`Alias=`) and name that"
    : "sudo takes only words of letters, digits and _ . / @ % + : = , - exactly: put the rest into a program of root's own";
}

/** Says whether an argument vector names a unit of the agent's own, also as a part of an option or a path. */
export function namesOwnUnit([, ...args]: readonly string[]): boolean {
  return args.some((word) => word.split(/[=,:\s]/).some((part) => OWN_UNIT_PATTERN.test(lastOf(part))));
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
