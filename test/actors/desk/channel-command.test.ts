// `countersign channel` against the Worker itself: a channel is added to the policy in force, listed with how it did, proven by a test page, and taken
// back. What it says of mistakes is in test/unit/cli/channel-acts.test.ts.
import { beforeEach, expect, it, vi } from "vitest";
import { addChannel, listChannels, testChannel } from "../../../control-plane/cli/channels/channel-acts.ts";
import { removeChannel } from "../../../control-plane/cli/channels/channel-removal.ts";
import { undoPolicy } from "../../../control-plane/cli/policy/policy-acts.ts";
import { PATIENT } from "../../patience.ts";
import { commandApi } from "../world/command-api.ts";
import { desk } from "../world/fleet.ts";

let printed: string[];
let complained: string[];
const output = {
  print: (text: string) => void printed.push(...text.split("\n")),
  complain: (text: string) => void complained.push(text),
};
const command = { api: commandApi(), output };

beforeEach(() => {
  [printed, complained] = [[], []];
});

const PUSH = { kind: "ntfy", set: ["topic=a1"], for: ["operator"] };

it("adds one, lists it, and the same again changes nothing", async () => {
  expect(await addChannel("push", PUSH, command)).toBe(0);
  expect(printed).toContain("Applied: version 1 is in force.");
  // The hint is no failure: the view of people and this say it, /healthz does not.
  expect(complained.join()).toContain("on silent");
  expect(await desk().health()).toEqual([]);
  printed.length = 0;
  expect(await addChannel("push", PUSH, command)).toBe(0);
  expect(printed.join()).toContain("Nothing to do");
  printed.length = 0;
  expect(await listChannels({}, command, Date.now())).toBe(0);
  expect(printed.find((line) => line.startsWith("push"))).toMatch(
    /ntfy +operator +no +no +accepted +– +never tried/,
  );
});

it("says what is not bound, and of a channel that works when it carried something", async () => {
  const secret = { ...PUSH, set: [...PUSH.set, "secret=CHANNEL_NOT_BOUND"] };
  expect(await addChannel("push", secret, command)).toBe(0);
  expect(complained.join()).toContain("CHANNEL_NOT_BOUND is not set");
  const options = { timeout: 1_000, wait: false };
  expect(await testChannel("terminal", undefined, { options, desk: command })).toBe(0);
  await vi.waitFor(async () => {
    printed.length = 0;
    await listChannels({}, command, Date.now());
    expect(printed.find((line) => line.startsWith("terminal"))).toMatch(/\ds +works: accepted/);
  }, PATIENT);
  expect(printed.find((line) => line.startsWith("push"))).toContain("broken: the binding CHANNEL_NOT_BOUND");
});

it("takes one out again, and says by what its people are reached and where its secret is unbound", async () => {
  expect(await addChannel("push", { ...PUSH, set: [...PUSH.set, "secret=CHANNEL_NTFY"] }, command)).toBe(0);
  printed.length = 0;
  expect(await removeChannel("push", {}, command)).toBe(0);
  for (const line of ["Applied: version 2 is in force.", "operator is reached by terminal."])
    expect(printed).toContain(line);
  // No folder of files here: wrangler binds.
  expect(printed).toContain("  npm run wrangler -- secret delete CHANNEL_NTFY");
  expect(await removeChannel("push", {}, command)).toBe(2);
  expect(await removeChannel("terminal", {}, command)).toBe(1);
});

it("is refused when another version came between, and taken back by an undo", async () => {
  expect(await addChannel("push", { ...PUSH, expect: 7 }, command)).toBe(1);
  expect(await addChannel("push", PUSH, command)).toBe(0);
  expect(await undoPolicy({}, command)).toBe(0);
  printed.length = 0;
  await listChannels({}, command, Date.now());
  expect(printed.filter((line) => line.startsWith("push"))).toEqual([]);
});
