// plants: no-restricted-imports
// shared/ has three libraries and no more.
import { Hono } from "hono";

export const kept = [Hono];
