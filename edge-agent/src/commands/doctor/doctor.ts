// `countersign-agent doctor`: proves before it is needed that everything in the catalogue exists, is seen and can be executed, and that nobody
// but root could have changed what this host believes. Reads only. Each finding is a sentence, with the exact command that mends it.
// What a reader would get wrong: it has several pairs of eyes. As root it has the agent's own process look at what only that sees; as the
// agent (`--as-agent`) it says nothing of what is root's to see.
import { visibleLines } from "@countersign/shared/values/visible-text";
import { tellExamined } from "../../agent/control-socket.ts";
import { EXIT } from "../../failure.ts";
import { loadCatalogue } from "../../files/load-catalogue.ts";
import type { HostPaths } from "../../paths.ts";
import type { Print } from "../print.ts";
import { lookAsAgent } from "./agent-eyes.ts";
import { EXAMINERS } from "./examiner-list.ts";
import type { Examiner, Eyes } from "./examiner.ts";
import { type Finding, toTell, well, wrong } from "./finding.ts";
import { printFindings } from "./printed.ts";
import { isRoot } from "./systemd.ts";

export interface DoctorOptions {
  readonly paths: HostPaths;
  readonly json: boolean;
  /** only what the agent sees; for the agent itself */
  readonly asAgent?: boolean;
  readonly print: Print;
}

/** Examines this host and prints what it found; exit code 0 only when everything was seen and is right. */
export async function runDoctor({ asAgent = false, json, paths, print }: DoctorOptions): Promise<number> {
  const findings = await examineHost(paths, asAgent);
  const isWell = findings.every(({ status }) => status === "ok");
  if (json) print.line(JSON.stringify({ ok: isWell, findings }));
  else printFindings(findings, (text) => print.line(visibleLines(text)));
  return isWell ? EXIT.ok : EXIT.failed;
}

/** All that these eyes see. As root the agent that runs is told, so that the desk hears of it too. */
export async function examineHost(paths: HostPaths, asAgent = false): Promise<readonly Finding[]> {
  const catalogue = await loadCatalogue(paths.catalogue, paths.mode);
  if (!catalogue.ok) return [wrong("catalogue", catalogue.error.sentence, `sudoedit ${paths.catalogue}`)];
  const scene = { paths, catalogue: catalogue.value };
  const hasEyes = eyesOf(paths, asAgent);
  const own = await examineAll(
    EXAMINERS.filter(
      ({ eyes, isOfInstalled }) => hasEyes.has(eyes) && (isOfInstalled !== true || paths.mode === "system"),
    ),
    scene,
  );
  if (asAgent || paths.mode === "process") return [wellRead(scene), ...own];
  const seenByAgent = await lookAsAgent();
  if (isRoot())
    await tellExamined(paths.agentStateDir, toTell(own.filter(({ isWatched }) => isWatched !== true)));
  const known = new Set(own.map(keyOf));
  return [
    wellRead(scene),
    ...own,
    ...seenByAgent.filter((finding) => !known.has(keyOf(finding)) && finding.check !== "catalogue"),
  ];
}

// Whoever tries an agent by hand is all three.
function eyesOf({ mode }: HostPaths, asAgent: boolean): ReadonlySet<Eyes> {
  if (mode === "process") return new Set<Eyes>(["anyone", "agent", "root"]);
  return new Set<Eyes>(asAgent ? ["anyone", "agent"] : ["anyone", "root"]);
}

async function examineAll(
  examiners: readonly Examiner[],
  scene: Parameters<Examiner["examine"]>[0],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { examine, isWatched } of examiners) {
    const found = await examine(scene);
    findings.push(...(isWatched === true ? found.map((finding) => ({ ...finding, isWatched })) : found));
  }
  return findings;
}

function wellRead({ catalogue, paths }: Parameters<Examiner["examine"]>[0]): Finding {
  return well("catalogue", `${catalogue.services.length} services in ${paths.catalogue}`);
}

function keyOf({ check, service }: Finding): string {
  return `${service ?? ""} ${check}`;
}
