// `node test/simulation/providers/run-many.ts SEED [INCIDENTS]`: one world with many incidents, and what came of it; exits 1 when a promise broke.
import { addFigures, figuresText, noFigures } from "./many-figures.ts";
import { brokenText, INCIDENTS_A_WORLD, runMany } from "./many-incidents.ts";

const [seed = "1", incidents = String(INCIDENTS_A_WORLD)] = process.argv.slice(2);
const many = await runMany({ seed: Number(seed), incidents: Number(incidents) });
const figures = noFigures();
addFigures(figures, many);
process.stdout.write(`seed ${seed}: ${figuresText(figures)}\n${brokenText(many)}\n`);
if (many.broken.length > 0) process.exitCode = 1;
