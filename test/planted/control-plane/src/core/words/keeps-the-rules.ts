// plants: nothing
// What core/ may import: itself and shared/.
import type { Signal } from "./signal.ts";
import { formatDuration } from "@countersign/shared/values/duration";

export const kept = (signal: Signal): string => formatDuration(signal.happenedAt);
