// Plays every conversation in this folder and compares what was decided, line by line. A block is one command or more, a line
// `----`, the expected lines, and an empty line; `#` begins a comment.
// COUNTERSIGN_UPDATE_TRANSCRIPTS=1 writes what was decided into the files instead: read the difference before it is committed.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Conversation } from "./conversation.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const names = readdirSync(FOLDER).filter((name) => name.endsWith(".txt"));

test("there are transcripts", () => {
  expect(names.length).toBeGreaterThanOrEqual(3);
});

test.each(names)("%s", (name) => {
  const path = `${FOLDER}${name}`;
  const text = readFileSync(path, "utf8");
  const played = play(text);
  if (process.env["COUNTERSIGN_UPDATE_TRANSCRIPTS"] === "1") writeFileSync(path, played);
  else expect(played).toBe(text);
});

/** The same text with the expected lines replaced by those that were decided. */
function play(text: string): string {
  const conversation = new Conversation();
  const blocks = text.trim().split(/\n{2,}/);
  return `${blocks.map((block) => playBlock(conversation, block)).join("\n\n")}\n`;
}

function playBlock(conversation: Conversation, block: string): string {
  const [head = ""] = block.split("\n----");
  const commands = head.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  if (commands.length === 0) return head;
  const decided = commands.flatMap((command) => conversation.run(command));
  return [head, "----", ...decided].join("\n");
}
