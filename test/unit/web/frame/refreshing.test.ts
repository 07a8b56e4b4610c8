// When a view is fetched again by itself: where it says so, and never over what a person writes.
import { describe, expect, it } from "vitest";
import { addressOf, isHeldStill, refreshOf } from "../../../../control-plane/src/web/frame/refreshing.ts";

const URL_SHOWN = "http://localhost:8787/incidents/inc_a?finding=fnd_b&still=1";
const MOVING = '<footer><p data-moves="10">';

describe("a view that moves", () => {
  it("comes again at its own address, and says that nobody opened it", () => {
    expect(refreshOf(MOVING, "http://localhost:8787/?skip=40")).toBe("10; url=/?skip=40&again=1");
  });

  it("carries its mark once, however often it came", () => {
    expect(refreshOf(MOVING, "http://localhost:8787/?again=1")).toBe("10; url=/?again=1");
  });

  it.each([
    ["a text field", '<input type="text" name="why">'],
    ["a field without a type", '<input name="why">'],
    ["a choice", '<select name="x">'],
    ["an area", "<textarea>"],
  ])("stands still with %s", (_name, field) => {
    expect(refreshOf(MOVING + field, URL_SHOWN)).toBeNull();
  });

  it("moves beside what no person fills in", () => {
    expect(refreshOf(`${MOVING}<input type="hidden" name="csrf">`, URL_SHOWN)).not.toBeNull();
  });

  it.each(["", "<p data-moves>", "data-moves=&quot;10&quot;"])("is not made of %j", (markup) => {
    expect(refreshOf(markup, URL_SHOWN)).toBeNull();
  });
});

it("an address is marked, held still, and free again", () => {
  expect(addressOf(URL_SHOWN, null)).toBe("/incidents/inc_a?finding=fnd_b");
  expect(addressOf("http://localhost:8787/", "still")).toBe("/?still=1");
  expect(isHeldStill(URL_SHOWN)).toBe(true);
  expect(isHeldStill("http://localhost:8787/")).toBe(false);
});
