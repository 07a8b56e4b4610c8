// plants: nothing
// What core/ may import: itself and shared/.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Signal } from "./signal.ts";

export const kept = (signal: Signal): string => formatDuration(signal.happenedAt);
