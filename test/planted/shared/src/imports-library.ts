// plants: no-restricted-imports
// shared/ has two libraries and no more.
import { Hono } from "hono";

export const kept = [Hono];
