// What the battery says: how to run the same again, and what it found.
import type { BatteryResult } from "./battery.ts";

/** One line that makes the attempts of one stream again. */
export function replayCommand(seed: number, stream: number): string {
  return `npm run --silent mutate -- --seed ${seed} --from ${stream} --attempts 1000`;
}

/** What went wrong and how to see it again; null: nothing did. Keys are drawn anew each time, so the attempt stands there whole. */
export function failureText(seed: number, { attempts, hole }: BatteryResult): string | null {
  if (hole === null) return null;
  const { attempt, stream, what } = hole;
  return [
    `After ${attempts} attempts: ${what}.`,
    `Again: ${replayCommand(seed, stream)}`,
    `The attempt: ${attempt.kind === "frame" ? attempt.frame : JSON.stringify(attempt)}`,
  ].join("\n");
}

/** What was tried, as lines. */
export function summaryText(seed: number, { attempts, controls, reasons, same }: BatteryResult): string {
  return [
    `seed ${seed}: ${attempts} attempts, 0 that people had not approved ran`,
    `  ${controls} honest ones passed, as they must; ${same} said otherwise what was approved`,
    ...Object.entries(reasons).map(([reason, count]) => `  ${String(count).padStart(7)}  ${reason}`),
  ].join("\n");
}
