// plants: nothing
// The pure core, the policy loader and files are fine here.
import { readFileSync } from "node:fs";
import { decideShard } from "../src/core/shard/decide-shard.ts";
import { loadPolicy } from "../src/policy/policy.ts";

export const kept = [readFileSync, decideShard, loadPolicy];
