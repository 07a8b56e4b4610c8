// `countersign test-page …`: a real page that says that nothing is wrong, and waiting until its person has said that it
// came. What it does is test-page-acts.ts.
import { type Command, InvalidArgumentError, Option } from "commander";
import { asking, type Surroundings, withDesk } from "../asking-command.ts";
import { asksWith } from "../exit-words.ts";
import type { ApiOptions } from "../operator-api.ts";

interface Options extends ApiOptions {
  readonly json?: boolean;
  readonly channel?: string;
  readonly timeout: number;
  readonly wait: boolean;
}

const TIMEOUT_MIN_MS = 1_000;
const TIMEOUT_MAX_MS = 3_600_000;

const MEANING = `
The page goes the way of every page: the same outbox, channels and attempts, as loud as a page about an error, titled so
that nobody takes it for trouble. Whoever gets it opens its link on a signed-in device and taps "I got it": that is the
receipt. At most five go to one person within ten minutes.`;

/** Adds the command to the program. */
export function addTestPageCommand(program: Command, surroundings: Surroundings): void {
  waiting(program.command("test-page"), "send a test page to a person, and wait until they say that it came")
    .argument("<person>", "a responder's id")
    .option("--channel <name>", "by this channel of theirs alone; else by all of them, in their order")
    .addHelpText(
      "after",
      `${MEANING}\n${asksWith("test-page alice --channel push", "its person said that it came", "it was refused, not delivered, or nobody said so")}`,
    )
    .action(async (responder: string, options: Options) => {
      const { sendTestPage } = await import("./test-page-acts.ts");
      await withDesk(options, surroundings, (desk) => sendTestPage({ ...options, responder }, desk));
    });
}

/** A command that waits for the receipt of a test page. */
export function waiting(command: Command, description: string): Command {
  return asking(command, description)
    .addOption(
      new Option("--timeout <span>", "how long to wait, such as 90s or 5m")
        .argParser(readTimeout)
        .default(120_000, "2m"),
    )
    .option("--no-wait", "only send it, and print its id");
}

function readTimeout(text: string): number {
  // by itself: the policy's durations come with their schemas, which no help needs
  const [, count = "0", unit] = /^([0-9]{1,4})(s|m)$/.exec(text) ?? [];
  const durationMs = Number(count) * (unit === "m" ? 60_000 : 1_000);
  if (durationMs >= TIMEOUT_MIN_MS && durationMs <= TIMEOUT_MAX_MS) return durationMs;
  throw new InvalidArgumentError("expected a duration from 1s to 60m, such as 90s or 5m");
}
