// plants: no-restricted-imports
// A room lists its routes; one that it makes itself would stand outside the middleware.
import { Hono } from "hono";

export const planted = new Hono();
