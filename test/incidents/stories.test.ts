// Stories of how people are reached, replayed: one fault of the kind that its head names, and what DESIGN's finding, incident, ring, update and
// question make of it. Each folder is one side of that; a story that pages nobody says so beside one that does.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readIncident } from "../../control-plane/replay/file/incident-file.ts";
import { refusalText } from "../../control-plane/replay/file/written-file.ts";
import { runReplay } from "../../control-plane/replay/run-replay.ts";

const folder = join(import.meta.dirname, "stories");

/** What was expected and did not come about. */
function unmet(file: string): readonly string[] {
  const incident = readIncident(file);
  if (!incident.ok) throw new Error(refusalText(incident.error));
  const { expectations } = runReplay(incident.value);
  return expectations.filter(({ isMet }) => !isMet).map(({ text, found }) => `${text}: ${found}`);
}

describe.each(readdirSync(folder).sort())("%s", (side) => {
  it.each(readdirSync(join(folder, side)).sort())("%s", (name) => {
    const file = join(folder, side, name);
    expect(readFileSync(file, "utf8")).toMatch(/^# Kind: /);
    expect(unmet(file)).toEqual([]);
  });
});
