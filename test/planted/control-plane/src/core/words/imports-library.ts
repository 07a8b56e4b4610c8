// plants: no-restricted-imports
// core/ has no library of its own.
import { Hono } from "hono";

export const kept = [Hono];
