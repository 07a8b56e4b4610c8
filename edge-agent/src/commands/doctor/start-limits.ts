// The part of `doctor` that asks whether systemd ever gives up on a unit that it starts again by itself. Without a start limit a service
// that cannot run is started for ever, and nothing fails. Reads only.
import type { ServiceSpec } from "@countersign/shared/host/catalogue";
import { limitStarts } from "@countersign/shared/host/mend";
import { formatDuration } from "@countersign/shared/values/duration";
import { eachService, type Examiner } from "./examiner.ts";
import { type Finding, well, wrong } from "./finding.ts";
import { askSystemd, isRoot, spanMsOf } from "./systemd.ts";

const PROPERTIES = ["Restart", "RestartUSec", "StartLimitIntervalUSec", "StartLimitBurst", "LoadState"];
/** What is proposed: as many starts within so long. */
const BURST = 5;
const INTERVAL_S_MIN = 60;

export const startLimitsExaminer: Examiner = {
  name: "start limits",
  eyes: "anyone",
  isOfInstalled: true,
  examine: ({ catalogue }) => eachService(catalogue, examineService),
};

async function examineService(service: ServiceSpec): Promise<readonly Finding[]> {
  const { manager, unit } = service;
  if (unit?.endsWith(".service") !== true || (manager === "user" && !isRoot())) return [];
  const told = await askSystemd(service, PROPERTIES);
  const restart = told?.get("Restart") ?? "no";
  if (told?.get("LoadState") !== "loaded" || restart === "no") return [];
  const check = `start-limit: ${unit}`;
  const burst = Number(told.get("StartLimitBurst") ?? 0);
  const intervalMs = spanMsOf(told.get("StartLimitIntervalUSec"));
  const pauseMs = spanMsOf(told.get("RestartUSec")) ?? 0;
  const bites = burst > 0 && intervalMs !== 0 && (intervalMs === null || pauseMs * burst < intervalMs);
  if (bites) return [well(check, `systemd gives up after ${burst} starts`)];
  const why =
    burst === 0 || intervalMs === 0
      ? `Restart=${restart} has no start limit`
      : `with ${formatDuration(pauseMs)} between starts its limit of ${burst} in ${formatDuration(intervalMs ?? 0)} is never reached`;
  return [
    wrong(
      check,
      `${why}: one that cannot run is started for ever, and never fails`,
      mendOf(service, pauseMs),
    ),
  ];
}

function mendOf({ manager, unit = "" }: ServiceSpec, pauseMs: number): string | null {
  const intervalS = Math.max(INTERVAL_S_MIN, Math.ceil((pauseMs / 1_000) * BURST * 2));
  return manager === "user" ? null : limitStarts(unit, intervalS, BURST);
}
