// plants: no-restricted-imports
// The Worker stands on the platform.
import { randomUUID } from "node:crypto";

export const kept = [randomUUID];
