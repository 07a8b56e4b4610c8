// What the view of people says of each way: what it can, and how far the last page got.
import { describe, expect, it } from "vitest";
import type { ChannelReach } from "../../../../control-plane/src/core/desk/paging/reach.ts";
import { markupOf } from "../../../../control-plane/src/web/frame/markup.ts";
import { stageText, wayTraitsText } from "../../../../control-plane/src/web/people/people-words.ts";
import { states as many } from "../../../gallery/people-many.tsx";
import { states as few } from "../../../gallery/people.tsx";

async function shown(name: string): Promise<{ readonly markup: string; readonly text: string }> {
  const state = [...few, ...many].find((each) => each.name === name);
  if (state === undefined) throw new Error(`no state ${name}`);
  const markup = await markupOf(state.view);
  return { markup, text: markup.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ") };
}

it.each([
  ["acknowledged", "9s", "answered there"],
  ["acknowledged", null, "answered there"],
  ["seen", null, "seen"],
  ["delivered", "9s", "seen after 9s"],
  ["delivered", null, "arrived, not seen yet"],
  ["lost", null, "lost on its way"],
  ["accepted", null, "accepted, not seen yet"],
  [undefined, null, "accepted, not seen yet"],
  [undefined, "9s", "seen after 9s"],
] as const satisfies readonly (readonly [ChannelReach["stage"], string | null, string])[])(
  "a page that is %s, looked at after %s, was %s",
  (stage, seenAfter, words) => expect(stageText(stage, seenAfter)).toBe(words),
);

it.each([
  ["silent-phone", true, null, "By it: rings a phone on silent, and is answered right there."],
  ["silent-phone", true, "why not", "By it: rings a phone on silent. Nobody can answer there: why not."],
  ["phone", false, null, "By it: makes no sound on a phone on silent."],
  ["nobody", false, null, "By it: wakes nobody by itself."],
] as const)("a way that wakes %s says so", (wakes, acknowledges, unanswered, words) =>
  expect(wayTraitsText({ name: "it", wakes, acknowledges, unanswered })).toBe(words),
);

describe("the view of people", () => {
  it("says of each way what it is and whether it rings a phone on silent", async () => {
    const { text } = await shown("people-night");
    expect(text).toContain("By Pushover: rings a phone on silent");
    expect(text).toContain("By ntfy: makes no sound on a phone on silent.");
    expect(text).not.toContain("a phone on silent stays silent");
  });

  it("warns in its own place, and in no banner, where nobody on call is woken", async () => {
    const { markup, text } = await shown("people-nobody-is-woken");
    expect(text).toContain("a phone on silent stays silent");
    expect(text).toContain("takes nothing, first");
    // What takes nothing now may take the next: a test page is how that is found out.
    expect(text).toContain("Send a test page");
    expect(markup).not.toContain('role="alert"');
  });

  it("says in the same place which channel two people share, on which one answers for the other", async () => {
    const { markup, text } = await shown("people-share-a-channel");
    // by their names, as everywhere else on the view
    expect(text).toContain("Alice and Omar share channel chat");
    expect(markup).not.toContain('role="alert"');
  });

  it("shows what is broken before the people, the people before all other ways, and folds many ways", async () => {
    const { markup, text } = await shown("people-thirteen-ways");
    const places = [`id="when"`, `id="mend"`, `id="person-alice"`, `id="ways"`, "<details"].map((mark) =>
      markup.indexOf(mark),
    );
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(text).toContain("9 more work");
    const folded = markup.slice(markup.indexOf("<details"), markup.indexOf("</details"));
    expect(folded).not.toContain("never tried");
    expect(folded).not.toContain("broken");
    expect((await shown("people-many")).text).toContain("37 more never tried");
  });

  it("folds nothing where the ways are few, and has no card of ways to mend where none is broken", async () => {
    const { markup } = await shown("people-being-tried");
    expect(markup).not.toContain("<details");
    expect((await shown("people-alone")).markup).not.toContain(`id="mend"`);
  });
});
