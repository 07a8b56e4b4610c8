// The seed of the property tests: today's, the same for everybody, so that what a change was tested with is what it lands with, and tomorrow's is
// another. `COUNTERSIGN_SEED=random` draws one.
import fc from "fast-check";
import { todaysSeed } from "./todays-seed.ts";

const wanted = process.env["COUNTERSIGN_SEED"] ?? "";
if (wanted !== "random") fc.configureGlobal({ seed: wanted === "" ? todaysSeed() : Number(wanted) });
