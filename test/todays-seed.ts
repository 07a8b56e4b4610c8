/** The day as a number, such as 20261129: a new run every day, the same for everybody. */
export function todaysSeed(): number {
  return Number(new Date().toISOString().slice(0, 10).replaceAll("-", ""));
}
