// The text of a policy as it is shown: its own, with no address left in it, however it was written.
import { describe, expect, it } from "vitest";
import { parsePolicyText } from "../../../control-plane/src/policy/policy-file.ts";
import { BLANKED, shownText } from "../../../control-plane/src/policy/shown-text.ts";

const TOPIC = "a-very-long-topic";

describe("the text of a policy", () => {
  it.each([
    ["plain", `channels: { phone: { kind: ntfy, topic: ${TOPIC} } }`],
    ["in a comment too", `channels:\n  phone: { kind: ntfy, topic: ${TOPIC} } # was ${TOPIC}-old`],
    ["quoted", `channels: { phone: { kind: ntfy, topic: "${TOPIC}" } }`],
    ["escaped", `channels: { phone: { kind: ntfy, topic: "\\x61-very-long-topic" } }`],
    [
      "behind an anchor",
      `channels:\n  phone: { kind: ntfy, topic: &t ${TOPIC} }\n  other: { kind: ntfy, topic: *t }`,
    ],
    ["of a whole channel", `channels:\n  phone: &c { kind: ntfy, topic: ${TOPIC} }\n  other: *c`],
    ["folded", `channels:\n  phone:\n    kind: ntfy\n    topic: >-\n      ${TOPIC}\n`],
    ["as JSON", `"channels": {"phone": {"kind": "ntfy", "topic": "${TOPIC}"}}`],
  ])("shows no address that is %s", (_what, channels) => {
    const text = `version: 1 # calm\n${channels}\nresponders: [{ id: ada, name: Ada, channels: [phone] }]\nescalation: { steps: [{ notify: [ada], after: 0s }] }\n`;
    expect(parsePolicyText(text).ok).toBe(true);
    const shown = shownText(text);
    expect(shown).not.toContain("very-long-topic");
    expect(shown).toContain(BLANKED);
    expect(shown).toContain("# calm");
    expect(shown).toContain("name: Ada");
  });

  it.each([">-", ">", "|", "|+"])("keeps the line's end after a scalar that begins with %s", (style) => {
    const text = `channels:\n  phone:\n    topic: ${style}\n      ${TOPIC}\n    kind: ntfy\nversion: 1\n`;
    const shown = shownText(text);
    expect(shown).toBe(
      `channels:\n  phone:\n    topic: ${JSON.stringify(BLANKED)}\n    kind: ntfy\nversion: 1\n`,
    );
  });

  it("is left as it is where there is none", () => {
    for (const text of [
      "version: 1 # calm\n",
      "version: 1\nchannels: { t: { kind: terminal } }",
      "",
      "[1",
      "channels: 7",
    ])
      expect(shownText(text)).toBe(text);
  });
});
