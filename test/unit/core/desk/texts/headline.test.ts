// Whatever is told, the first sixty characters of its title say where, what and since when.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HEADLINE_CHARS_MAX, headlineOf } from "../../../../../control-plane/src/core/desk/texts/headline.ts";
import { PAGE_REASONS } from "../../../../../control-plane/src/core/words/reason-kinds.ts";
import {
  SHORT_WORDS_CHARS_MAX,
  shortWordsOf,
} from "../../../../../control-plane/src/core/words/short-words.ts";
import { Desk } from "../desk-fixtures.ts";

const LONG_HOST = "ip-10-0-12-34-production-eu-central-17";
const LONG_SERVICE = "openclaw-gateway-session-worker-b";

it.each(PAGE_REASONS)("the words of %s leave room for the rest", (reason) => {
  expect(shortWordsOf(reason).length).toBeLessThanOrEqual(SHORT_WORDS_CHARS_MAX);
});

describe("a ring", () => {
  const titleFor = (hostName: string, service: string, lasted = 0) => {
    const desk = new Desk();
    const subject = { kind: "service", hostId: "host_1", hostName, service } as const;
    desk.fire({ subject, happenedAt: desk.now - lasted });
    desk.settle();
    return desk.state.pages.values()[0]?.title;
  };

  it.each([
    ["web-1", "demo", 0, "web-1/demo: failing since 02:00 UTC"],
    ["web-1", "demo", 86_400_000, "web-1/demo: failing since 21 Nov"],
    [LONG_HOST, "demo", 0, "ip-10-0-12-34-p…-eu-central-17/demo: failing since 02:00 UTC"],
    ["web-1", LONG_SERVICE, 0, "web-1/openclaw-gatew…ssion-worker-b: failing since 02:00 UTC"],
    [LONG_HOST, LONG_SERVICE, 0, "ip-10-0-…ntral-17/openclaw…worker-b: failing since 02:00 UTC"],
  ])("about %s and %s after %i ms", (host, service, lasted, title) => {
    expect(titleFor(host, service, lasted)).toBe(title);
  });
});

it("never says less than what is wrong, nor more than fits beside it", () => {
  const name = fc.string({ minLength: 1, maxLength: 80, unit: "grapheme" });
  const what = fc
    .constantFrom(...PAGE_REASONS)
    .map((reason) => `still ${shortWordsOf(reason)} since 02:00 UTC`);
  fc.assert(
    fc.property(name, fc.option(name), what, (where, service, told) => {
      const title = headlineOf({ place: { where, service }, what: told });
      expect(Array.from(title).length).toBeLessThanOrEqual(HEADLINE_CHARS_MAX);
      expect(title.endsWith(`: ${told}`)).toBe(true);
    }),
  );
});
