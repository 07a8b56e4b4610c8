// Under which name somebody acts on the command line: the one that they say, else the one that this machine has for them.
import { userInfo } from "node:os";
import { InvalidArgumentError } from "commander";

/** A name as it was said. */
export function readName(text: string): string {
  if (/^[\w.@ -]{1,60}$/.test(text)) return text;
  throw new InvalidArgumentError("expected a name of letters, digits and . @ - _");
}

/** The name that this machine has for whoever runs the command. */
export function userName(): string {
  try {
    return userInfo()
      .username.replaceAll(/[^\w.@ -]/g, "_")
      .slice(0, 60);
  } catch {
    // a user without an entry in the system's list
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
