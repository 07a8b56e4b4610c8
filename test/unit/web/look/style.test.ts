// The desk's colours keep the contrast of WCAG 2.2 AA (4.5:1 for text) in light and in dark.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { STYLE, STYLE_SOURCE } from "../../../../control-plane/src/web/look/style.ts";

const CONTRAST_MIN = 4.5;
const PAIRS = [
  ["ink", "bg"],
  ["ink", "card"],
  ["ink", "sunk"],
  ["soft", "bg"],
  ["soft", "card"],
  ["soft", "sunk"],
  ["act", "bg"],
  ["act", "card"],
  ["act", "sunk"],
  ["on", "act"],
  ["card", "bad"],
  ...["bad", "warn", "good"].flatMap((tone): [string, string][] => [
    [tone, "bg"],
    [tone, "card"],
    [tone, "sunk"],
    [tone, `${tone}0`],
  ]),
  ...["bad0", "warn0", "good0"].flatMap((ground): [string, string][] => [
    ["ink", ground],
    ["soft", ground],
    ["act", ground],
  ]),
] as const;
/** What is no text, and has to be seen: borders of what can be pressed, parts of pictures. */
const SHAPES = [
  ["edge", "card"],
  ["edge", "bg"],
  ["well", "card"],
] as const;
const SHAPE_CONTRAST_MIN = 3;

const [light, dark] = [...STYLE.matchAll(/:root\{([^}]*)\}/g)].map(([, body = ""]) =>
  Object.fromEntries(
    [...body.matchAll(/--([a-z0]+):(#[0-9a-f]{3,6})/g)].map(([, name, value]) => [name, value]),
  ),
);

function luminanceOf(colour: string): number {
  const hex = colour.length === 4 ? colour.replaceAll(/[0-9a-f]/g, "$&$&") : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(left: string, right: string): number {
  const [low = 0, high = 0] = [luminanceOf(left), luminanceOf(right)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ["light", light],
  ["dark", dark],
])("%s", (_name, palette) => {
  it.each(PAIRS)("%s on %s can be read", (text, ground) => {
    expect(contrastOf(palette?.[text] ?? "#000", palette?.[ground] ?? "#000")).toBeGreaterThanOrEqual(
      CONTRAST_MIN,
    );
  });

  it.each(SHAPES)("%s on %s can be seen", (shape, ground) => {
    expect(contrastOf(palette?.[shape] ?? "#000", palette?.[ground] ?? "#000")).toBeGreaterThanOrEqual(
      SHAPE_CONTRAST_MIN,
    );
  });
});

it("the policy's hash is that of the sheet", () => {
  expect(STYLE_SOURCE).toBe(`sha256-${createHash("sha256").update(STYLE).digest("base64")}`);
});
