// An instant as people read it in notes and evidence: the time of day in UTC. Pure arithmetic: core/ knows no Date.

const DAY_MS = 86_400_000;

/** Time of day in UTC, such as `02:10:09`. */
export function clockOf(at: number): string {
  const seconds = Math.floor((((at % DAY_MS) + DAY_MS) % DAY_MS) / 1_000);
  return [seconds / 3_600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, "0"))
    .join(":");
}
