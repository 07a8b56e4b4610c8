// A yes in advance at its edges: how long, how often, and what its text is.
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import {
  parseSignedStanding,
  parseStanding,
  STANDING_LEVEL_MAX,
  STANDING_MAX_MS,
  STANDING_USES_MAX,
  standingHashOf,
} from "@countersign/shared/wire/standing";
import { signing } from "../../../contract/fixtures.ts";

const { text } = signing.standing;
const given = JSON.parse(text) as { readonly givenAt: number };
const { givenAt } = given;
const holds = (change: object): boolean => parseStanding(JSON.stringify({ ...given, ...change })).ok;

describe("a yes in advance", () => {
  it.each([
    ["for as long as it may", { untilAt: givenAt + STANDING_MAX_MS }, true],
    ["for longer", { untilAt: givenAt + STANDING_MAX_MS + 1 }, false],
    ["for a millisecond", { untilAt: givenAt + 1 }, true],
    ["for no time", { untilAt: givenAt }, false],
    ["that ends before it begins", { untilAt: givenAt - 1 }, false],
    ["once", { usesMax: 1 }, true],
    ["never", { usesMax: 0 }, false],
    ["as often as it may", { usesMax: STANDING_USES_MAX }, true],
    ["more often", { usesMax: STANDING_USES_MAX + 1 }, false],
    ["half a time", { usesMax: 1.5 }, false],
    ["with the longest reason", { why: "w".repeat(300) }, true],
    ["with a longer one", { why: "w".repeat(301) }, false],
    ["of version 1", { version: 1 }, false],
    ["for every host", { hostId: "*" }, false],
    ["with a short nonce", { nonce: "n".repeat(21) }, false],
    ["by a name that is none", { givenBy: "Alice " }, false],
  ])("%s", (_what, change, isOne) => {
    expect(holds(change)).toBe(isOne);
  });

  it("never covers level 5", () => {
    expect(STANDING_LEVEL_MAX).toBe(4);
  });

  it("is its exact text: another order of keys, or a space, is another one", () => {
    const turned = JSON.stringify(Object.fromEntries(Object.entries(given).reverse()));
    expect(parseStanding(turned)).toEqual(parseStanding(text));
    expect(standingHashOf(turned)).not.toBe(standingHashOf(text));
    expect(standingHashOf(`${text} `)).not.toBe(standingHashOf(text));
  });

  it.each([
    ["no base64", "???"],
    ["no UTF-8", encodeBase64(new Uint8Array([0xff]))],
    ["no JSON", encodeBase64(encodeUtf8("yes"))],
    ["a list", encodeBase64(encodeUtf8("[]"))],
  ])("is none: %s", (_what, content) => {
    expect(parseSignedStanding({ content, signatures: [] })).toMatchObject({
      error: { reason: "standing-malformed" },
    });
  });
});
