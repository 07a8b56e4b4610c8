// The desk's front where no incident is open and something is not well: it says so, and why nobody is paged; each host is
// counted once.
import { describe, expect, it } from "vitest";
import { markupOf } from "../../../../control-plane/src/web/frame/markup.ts";
import {
  notWellOf,
  notWellReasons,
  notWellTitle,
} from "../../../../control-plane/src/web/overview/not-well.ts";
import { states } from "../../../gallery/overview.tsx";
import { CALM_FLEET, largeFleet, NIGHT_FLEET } from "../../../gallery/records/overview-night.ts";
import { NOW } from "../../../gallery/shown-state.ts";

async function markupNamed(name: string): Promise<string> {
  const state = states.find((each) => each.name === name);
  return markupOf(state!.view);
}

describe("what is not well", () => {
  it("is nothing where all are well, or where it cannot be read", () => {
    const { hosts, marks } = CALM_FLEET;
    expect(notWellOf(hosts, marks, NOW)).toBeNull();
    expect(notWellOf({ ...hosts, counts: null }, marks, NOW)).toBeNull();
  });

  it("is each host once, with what is silenced apart", () => {
    const known = notWellOf(NIGHT_FLEET.hosts, NIGHT_FLEET.marks, NOW);
    expect(known).toEqual({ count: 3, illCount: 3, enrolledCount: 14, silencedCount: 1 });
    expect(notWellReasons(known!)).toMatch(/^1 is silenced\. .*the other 2/);
  });

  it("is the title of a desk on which no incident is open", async () => {
    const { hosts, marks } = largeFleet(3, 12);
    const title = notWellTitle(notWellOf(hosts, marks, NOW)!);
    expect(title).toBe("15 of 1000 hosts are not well, and nobody is paged for them");
    const markup = await markupNamed("overview-thousand");
    expect(markup).toMatch(/<h1 class="bad">/);
    expect([markup.includes(title), /No incident is open|Quiet for/.test(markup)]).toEqual([true, false]);
    expect(markup.indexOf(title)).toBeLessThan(markup.indexOf('id="reach"'));
  });
});

describe("the counts", () => {
  it("are one for each host, and the words of the cards are the same", async () => {
    const markup = await markupNamed("overview-ringing");
    const chips = /<p class="chips small">(.*?)<\/p>/s.exec(markup)?.[1] ?? "";
    const counted = (state: string) =>
      Number(new RegExp(`data-state="${state}".*?<span>(\\d+)`, "s").exec(chips)?.[1] ?? 0);
    expect(counted("down") + counted("failing") + counted("unknown") + counted("well")).toBe(14);
    expect([counted("frozen"), counted("silenced")]).toEqual([1, 1]);
    const cards = [...markup.matchAll(/<li class="card cardlink host.*?<\/h3>(.*?)<\/div>/gs)].map(
      ([, said = ""]) => [...said.matchAll(/data-state="([a-z]+)"/g)].map(([, state]) => state).join(" "),
    );
    for (const state of ["down", "failing", "well"])
      expect(cards.filter((words) => words.split(" ")[0] === state).length, state).toBe(counted(state));
    expect(cards).toContain("failing silenced");
    expect(cards).toContain("well frozen");
  });
});
