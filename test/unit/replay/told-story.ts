// A story of one host and one service unless it says otherwise, told in the words of an incident file and replayed.
import { parseIncident } from "../../../control-plane/replay/file/incident-file.ts";
import type { Incident, ReadOptions } from "../../../control-plane/replay/file/planned-incident.ts";
import { refusalText } from "../../../control-plane/replay/file/written-file.ts";
import { type Replay, runReplay } from "../../../control-plane/replay/run-replay.ts";

export const HOSTS = "  - { name: vps-1, services: [{ name: worker }] }";

interface More {
  readonly hosts?: string;
  readonly expect?: string;
  readonly options?: ReadOptions;
  readonly end?: string;
}

/** Replays these events, two hours long. */
export function replay(events: string, more: More = {}): Replay {
  return runReplay(storyOf(events, more));
}

/** The same, not replayed yet. */
export function storyOf(events: string, more: More = {}): Incident {
  const text = `version: 1
title: a test
start: 2026-03-01T02:00:00Z
end: ${more.end ?? "+2h"}
hosts:
${more.hosts ?? HOSTS}
events:
${events}
expect:
${more.expect ?? "  []"}
`;
  const result = parseIncident("f.yaml", text, more.options);
  if (!result.ok) throw new Error(refusalText(result.error));
  return result.value;
}

/** Whether each expectation, one a line, was met. */
export function areMet(
  events: string,
  expected: readonly string[],
  more: Omit<More, "expect"> = {},
): readonly (readonly [string, boolean])[] {
  const expect = expected.map((line) => `  - { ${line} }`).join("\n");
  const { expectations } = replay(events, { ...more, expect });
  return expected.map((line, index) => [line, expectations[index]?.isMet ?? false]);
}
