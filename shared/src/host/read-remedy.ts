// The commands by which a person lets the agent read what it may not: made on the host, and known again by whoever shows
// them. Pure. What a reader would get wrong: a host's text under words that ask to run something is run as root, so only
// what has exactly one of these forms is shown there. Which path it names is still the host's word.
import { SUMMARY_CHARS_MAX } from "../values/limits.ts";

/** The user that the agent runs as. */
const AGENT_USER = "countersign-agent";

/** Opens again what the agent's own unit closes. */
export const OPENS_SEALED = "sudo countersign-agent install";

/** Lets the agent read a file. */
export function letsRead(path: string): string {
  return `sudo setfacl -m u:${AGENT_USER}:r ${quoted(path)}`;
}

/** Lets the agent look below a folder. */
export function letsEnter(folder: string): string {
  return `sudo setfacl -m u:${AGENT_USER}:x ${quoted(folder)}`;
}

/** A path as one word of a shell. */
function quoted(path: string): string {
  return /^[A-Za-z0-9_./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

const PATH = String.raw`(?:/[A-Za-z0-9_./@:+-]*|'/(?:[^'\p{C}\p{Zl}\p{Zp}]|'\\'')*')`;
const ONE = `(?:${OPENS_SEALED}|sudo setfacl -m u:${AGENT_USER}:[rx] ${PATH})`;
const REMEDIES = new RegExp(`^${ONE}(?:; ${ONE})*$`, "u");

/**
 * Says whether a text is one of our remedies, or several; one that may have been cut off is none, nor is one that climbs out
 * of its path.
 */
export function isReadRemedy(text: string): boolean {
  return text.length < SUMMARY_CHARS_MAX && REMEDIES.test(text) && !/\/\.\.?(?:[/'; ]|$)/.test(text);
}
