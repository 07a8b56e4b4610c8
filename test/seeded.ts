// The seed of the property tests: today's, the same for everybody, so that what a change was tested with is what it lands with,
// and tomorrow's is another. `COUNTERSIGN_SEED` names one, or `random` to draw one for each.
import fc from "fast-check";
import { todaysSeed } from "./todays-seed.ts";

const wanted = process.env["COUNTERSIGN_SEED"] ?? "";
if (!/^(?:random|-?[0-9]{1,10})?$/.test(wanted))
  throw new Error(`COUNTERSIGN_SEED is "${wanted}": it must be a whole number, or random.`);
if (wanted !== "random") fc.configureGlobal({ seed: wanted === "" ? todaysSeed() : Number(wanted) });
