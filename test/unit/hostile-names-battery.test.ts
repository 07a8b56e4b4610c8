// A name says nothing: the same story under any name makes the same decisions, effect by effect, on the host, in the shard, at the desk
// and in a replay. Stories are told once with plain names, then with names that every object has, that sort or read in a way of their own.
import { describe, expect, test } from "vitest";
import { ItemName } from "@countersign/shared/values/ids";
import { parseIncident } from "../../control-plane/replay/file/incident-file.ts";
import { runReplay } from "../../control-plane/replay/run-replay.ts";
import { HOSTILE_NAMES } from "./hostile-names.ts";
import { NONSENSE, PLAIN, tellOfADesk, tellOfAHost, tellOfAnAgent } from "./hostile-stories.ts";

describe("the same is decided under any name", () => {
  const [onShard, atDesk, onHost] = [tellOfAHost(PLAIN), tellOfADesk(PLAIN), tellOfAnAgent(PLAIN)];
  const roles = ["host", "service", "check", "thing"] as const;

  test("there is something to decide", () => {
    expect(onShard.story).toEqual(expect.arrayContaining(["firing check-failing", "firing host-silent"]));
    expect(atDesk.story).toEqual(expect.arrayContaining(["send-page", "freeze-lifted"]));
  });

  test.each(roles.flatMap((role) => HOSTILE_NAMES.map((name) => [role, name] as const)))(
    "%s %j",
    (role, name) => {
      const names = { ...PLAIN, [role]: name };
      const [shard, desk] = [tellOfAHost(names), tellOfADesk(names)];
      expect(shard.story).toEqual(onShard.story);
      expect(desk.story).toEqual(atDesk.story);
      if (!NONSENSE.test(name)) expect(`${shard.words}${desk.words}`).not.toMatch(NONSENSE);
      // the others are no names of a catalogue, and no agent speaks of them
      if (ItemName.safeParse(name).success) expect(tellOfAnAgent(names)).toEqual(onHost);
    },
  );
});

// one name for everything that a file may name
function replayText(name: string): string {
  const n = JSON.stringify(name);
  return `version: 1
title: a test
start: 2026-03-01T02:00:00Z
end: +2h
policy:
  channels: { ${n}: { kind: terminal } }
  responders: [{ id: ${n}, name: N, channels: [${n}] }]
  escalation: { steps: [{ notify: [${n}], after: 0s }] }
  overrides: [{ match: { hosts: [${n}], tags: [${n}], services: [${n}] }, checkFailing: { failuresMin: 2 } }]
hosts: [{ name: ${n}, tags: [${n}], services: [{ name: ${n}, checks: [{ name: ${n}, every: 1m }] }] }]
events:
  - { at: +1m, hosts: [${n}], service: ${n}, check: { name: ${n}, status: fail, text: refused }, every: 1m, repeat: 5 }
  - { at: +10m, hosts: [${n}], service: ${n}, credentialUse: { name: ${n}, accepted: false, text: "401" }, every: 1m, repeat: 9 }
  - { at: +20m, acknowledge: { by: ${n} } }
expect:
  - { page: check-failing, host: ${n}, service: ${n}, to: ${n} }
`;
}

describe("a replay tells the same under any name", () => {
  const replayed = (name: string) => {
    const incident = parseIncident("f.yaml", replayText(name));
    if (!incident.ok) throw new Error(JSON.stringify(incident.error));
    const { expectations, record } = runReplay(incident.value);
    const pages = record.pages.map(({ at, reason, severity }) => [at, reason, severity]);
    return { pages, met: expectations.map(({ isMet }) => isMet) };
  };

  // of all that an object inherits, the one that a file's schema takes
  test.each(["constructor", "0", "10", "null", "then"])("%j", (name) => {
    const plain = replayed("web");
    expect(plain.met).toEqual([true]);
    expect(replayed(name)).toEqual(plain);
  });
});
