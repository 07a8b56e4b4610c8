// What is said of freezes and silences: a button names what it lifts, a head names all that holds, a form offers nothing
// twice and says its ends.
import { describe, expect, it } from "vitest";
import { FLEET, hostSubject } from "../../../../control-plane/src/core/words/subject.ts";
import { markupOf } from "../../../../control-plane/src/web/frame/markup.ts";
import { frozenText } from "../../../../control-plane/src/web/hosts/host-head.tsx";
import { states as brakeStates } from "../../../gallery/brakes.tsx";
import { states as hostStates } from "../../../gallery/hosts.tsx";
import { AGENTS_1, freezeOf } from "../../../gallery/records/known-host.ts";

async function textOf(name: string): Promise<string> {
  const state = [...brakeStates, ...hostStates].find((each) => each.name === name);
  return (await markupOf(state!.view)).replaceAll(/<\/?(?:bdi|span)[^>]*>/g, "");
}

describe("the freezes of a host", () => {
  const host = freezeOf({ scope: hostSubject(AGENTS_1.hostId, AGENTS_1.name) });
  const fleet = freezeOf({ scope: FLEET });

  it("are all said in its head", () => {
    expect(frozenText([])).toBeNull();
    expect(frozenText([freezeOf()])).toBe("1 service frozen");
    expect(frozenText([fleet])).toBe("frozen with the fleet");
    expect(frozenText([fleet, host, freezeOf()])).toBe(
      "frozen with the fleet, by itself, 1 service of it too",
    );
  });

  it("have each a way out that names what it lifts", async () => {
    const text = await textOf("host-frozen");
    for (const owner of ["the fleet", "agents-1", "bob"])
      expect(text).toMatch(new RegExp(`Lift ${owner}(?:'|&#39;)s freeze`));
  });
});

describe("the view of freezes", () => {
  it("offers to freeze nothing that is frozen", async () => {
    const text = await textOf("freeze-two");
    expect(text).toMatch(/Freeze hermes on agents-1/);
    expect(text).not.toMatch(/Freeze (?:bob on agents-1|web-1)/);
  });
});

describe("the form of a silence", () => {
  it("says when each choice ends and begins, by the reader's clock", async () => {
    const text = await textOf("silence-form");
    expect(text).toMatch(/an hour: until 04:12</);
    expect(text).toMatch(/a day: until Sun 29 Nov, 03:12</);
    expect(text).toMatch(/in 30 minutes, at 03:42/);
    expect(text).not.toContain("until then");
  });
});
