// plants: nothing
// The frame makes hono's routes of what the rooms list.
import { Hono } from "hono";

export const planted = new Hono();
