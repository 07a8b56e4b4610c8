// Instants (epoch milliseconds) as people read them, always in UTC. Pure: it formats an instant, it never asks for one.

/** Writes the time of day, such as `02:10:05 UTC`. */
export function formatClock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}
