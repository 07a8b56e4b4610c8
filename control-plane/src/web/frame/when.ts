// Instants as people read them: UTC, and how long ago or from now. Pure.
import { formatDuration } from "@countersign/shared/values/duration";

/** `2026-11-22 02:36:32 UTC` */
export function formatInstant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `5m 3s ago`, `in 24m`, `now`; the view's `now` is the control plane's clock. */
export function formatRelative(at: number, now: number): string {
  const differenceMs = now - at;
  if (Math.abs(differenceMs) < 1_000) return "now";
  return differenceMs > 0 ? `${formatDuration(differenceMs)} ago` : `in ${formatDuration(-differenceMs)}`;
}
