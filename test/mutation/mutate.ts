// `npm run mutate`: the battery for as long as wanted, a million attempts by itself. Exits 1 with the attempt when something ran that people had
// not approved; 2 when what was typed is not understood.
import { Command, Option } from "commander";
import { wholeNumber } from "../../control-plane/embedded/start-options.ts";
import { runBattery } from "./battery.ts";
import { hostGate } from "./gate.ts";
import { failureText, summaryText } from "./mutation-text.ts";
import { drawWorld } from "./world.ts";

interface Asked {
  readonly seed: number;
  readonly attempts: number;
  readonly from: number;
  readonly json?: boolean;
}

const asked = new Command("npm run --silent mutate --")
  .description(
    "Attacks the host's verifier with the desk's key, every frame and every assertion that was ever made.",
  )
  .addOption(
    new Option("--seed <n>", "everything that happens by chance follows from it")
      .argParser(wholeNumber(0, Number.MAX_SAFE_INTEGER))
      .default(Date.now() % 1_000_000_000, "drawn, and printed"),
  )
  .option("--attempts <n>", "as many", wholeNumber(1, 1_000_000_000), 1_000_000)
  .option("--from <stream>", "the first thousand, as a failure names it", wholeNumber(0, 1_000_000), 0)
  .option("--json", "one JSON object")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Asked>();

const { attempts, from, json, seed } = asked;
// Said at once: a run that is ended halfway can be taken up again.
process.stderr.write(`seed ${seed}: ${attempts} attempts, about ${Math.ceil(attempts / 150_000)} min …\n`);
const result = await runBattery(await drawWorld(), hostGate, { seed, attempts, from });
const text = failureText(seed, result) ?? summaryText(seed, result);
process.stdout.write(`${json === true ? JSON.stringify({ seed, ...result }) : text}\n`);
process.exitCode = result.hole === null ? 0 : 1;
