// Whether a host's agent is as new as this desk, in plain words. Pure.
import { VERSION } from "../../version.ts";

export type AgentAge = "same" | "older" | "newer" | "unknown";

/** How an agent's version stands to this control plane's; what is no version of ours is not known. */
export function agentAgeOf(agentVersion: string, own: string = VERSION): AgentAge {
  const [theirs, ours] = [partsOf(agentVersion), partsOf(own)];
  if (theirs === null || ours === null) return "unknown";
  const differing = theirs.findIndex((part, index) => part !== ours[index]);
  if (differing === -1) return "same";
  return (theirs[differing] ?? 0) < (ours[differing] ?? 0) ? "older" : "newer";
}

/** The same as people read it. */
export function agentAgeText(age: AgentAge): string {
  switch (age) {
    case "same":
      return "as new as this desk";
    case "older":
      return `older than this desk (${VERSION}): install it again`;
    case "newer":
      return `newer than this desk (${VERSION}): the desk is updated first`;
    case "unknown":
      return `which cannot be compared with this desk (${VERSION})`;
  }
}

function partsOf(version: string): readonly number[] | null {
  const match = /^([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})$/.exec(version);
  return match === null ? null : match.slice(1).map(Number);
}
