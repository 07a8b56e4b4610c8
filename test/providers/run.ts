// `node bootstrap.mjs exec test/providers/run.ts KIND PORT [SECONDS [HOOK]]`: a fake of a provider by hand. It prints what arrives; a handle on standard
// input (an empty line: the newest) is its person saying "I have it". HOOK is the desk's /v1/channels/NAME, where a provider brings that by itself.
// It ends by itself.
import { createInterface } from "node:readline";
import { visibleLine } from "@countersign/shared/values/visible-text";
import { PROVIDERS } from "./list.ts";
import type { Arrived, FakeProvider } from "./provider.ts";
import { serveProvider } from "./serve.ts";

const SECONDS_DEFAULT = 900;
const SECONDS_MAX = 3_600;
const LOOK_MS = 200;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function wordsOf({ at, body, handle, isLoud, title, to }: Arrived): string {
  const when = new Date(at).toISOString().slice(11, 19);
  return `${when} ${isLoud ? "LOUD " : "quiet"} to ${to} as ${handle}: ${title} | ${body}`;
}

/** Says what is new, until it is stopped. */
function follow(provider: FakeProvider): NodeJS.Timeout {
  let said = 0;
  return setInterval(() => {
    for (const one of provider.arrived.slice(said)) say(visibleLine(wordsOf(one)));
    said = provider.arrived.length;
  }, LOOK_MS);
}

async function run([kind = "", port = "", seconds = String(SECONDS_DEFAULT), hook]: readonly string[]) {
  const make = PROVIDERS.get(kind);
  if (make === undefined || !/^[0-9]{1,5}$/.test(port) || !/^[0-9]{1,4}$/.test(seconds)) {
    say(`node test/providers/run.ts KIND PORT [SECONDS [HOOK]]; kinds: ${[...PROVIDERS.keys()].join(", ")}`);
    process.exitCode = 2;
    return;
  }
  const clock = {
    get now() {
      return Date.now();
    },
  };
  const provider = make(clock, hook ?? null);
  const served = await serveProvider(provider, { port: Number(port) });
  say(`${kind} answers at ${served.url}`);
  const following = follow(provider);
  const input = createInterface({ input: process.stdin });
  input.on("line", (line) => {
    const handle = line.trim() || (provider.arrived.at(-1)?.handle ?? "");
    void provider
      .acknowledge(handle)
      .then((isTaken) =>
        say(visibleLine(`${handle}: ${isTaken ? "acknowledged" : "cannot be acknowledged"}`)),
      );
  });
  const stop = () => {
    clearTimeout(ending);
    clearInterval(following);
    input.close();
    void served.close();
  };
  const ending = setTimeout(stop, Math.min(SECONDS_MAX, Number(seconds)) * 1_000);
  process.once("SIGINT", stop);
}

await run(process.argv.slice(2));
