// plants: nothing
// Types of the Worker and the network are fine here.
import { createServer } from "node:http";
import type { Env } from "../src/env.ts";

export const kept = createServer;
export type Kept = Env;
