// Looks at a service as exactly as root can: a unit of a user's own systemd and a container by their one line of sudo, all else as anybody
// sees it. Never throws: what cannot be seen is `unknown`.
// What a reader would get wrong: a look that sudo began as root cannot be killed from here. One that hangs is left, and until it has ended no
// other begins: a hanging engine does not fill the host with processes. And to ask a user's systemd that does not run would start it, with all
// that is enabled there: such a one is not asked, and nothing of theirs runs.
import { lstat, readFile } from "node:fs/promises";
import { type PrivilegedAct, sudoArgvOf } from "@countersign/shared/host/action-argv";
import type { ServiceSpec } from "@countersign/shared/host/catalogue";
import { observingActOf } from "../core/actuator/sudoers.ts";
import {
  controlGroupIn,
  NO_SUCH_CONTAINER,
  parseInspected,
  saysNoSuchContainer,
} from "../core/evidence/container-state.ts";
import { parseUnitShow, type SeenUnit, takeUnit, UNKNOWN_UNIT_STATE } from "../core/evidence/unit-state.ts";
import { lookAtUnit } from "./observe-unit.ts";
import { type BoundedRun, runBounded } from "./run-action.ts";

const LOOK_TIMEOUT_MS = 5_000;
/** What an engine tells of one container is some ten kilobytes, and more with many labels. */
const OUTPUT_CHARS_MAX = 1_048_576;
/** Where systemd keeps a link for each unit that is not inactive. */
const UNITS_FOLDER = "/run/systemd/units";
const UNKNOWN: SeenUnit = { state: UNKNOWN_UNIT_STATE, omitted: [] };
const INACTIVE: SeenUnit = {
  state: { ...UNKNOWN_UNIT_STATE, activeState: "inactive", subState: "dead", result: "success" },
  omitted: [],
};

export type Looked = Pick<ServiceSpec, "unit" | "manager" | "user" | "pidFile" | "container">;
type Run = typeof runBounded;

/** Makes a look; the looks of one maker know which of them hang. */
export function createExactLook(run: Run = runBounded): (service: Looked) => Promise<SeenUnit> {
  const hanging = new Set<string>();
  const runOnce = async (act: PrivilegedAct): Promise<BoundedRun | null> => {
    const argv = sudoArgvOf(act);
    const key = argv.join(" ");
    if (hanging.has(key)) return null;
    const end = await run(argv, { timeoutMs: LOOK_TIMEOUT_MS, outputCharsMax: OUTPUT_CHARS_MAX });
    if (end.how !== "timed-out") return end;
    hanging.add(key);
    void end.ended.then(() => hanging.delete(key));
    return null;
  };
  return async (service) => {
    const act = observingActOf(service);
    if (act === null) return lookAtUnit(service);
    try {
      if (service.manager === "user" && (await isManagerGone(service.user ?? ""))) return INACTIVE;
      const end = await runOnce(act);
      if (end === null) return UNKNOWN;
      return service.container === undefined ? unitOf(end, service.unit ?? "") : await containerOf(end);
    } catch {
      return UNKNOWN;
    }
  };
}

/** Whether a user's systemd certainly does not run; of who does not stand in /etc/passwd nothing is certain. */
async function isManagerGone(user: string): Promise<boolean> {
  const passwd = (await readFile("/etc/passwd", "utf8")).split("\n");
  const uid = passwd.find((line) => line.startsWith(`${user}:`))?.split(":")[2];
  if (uid === undefined) return false;
  return lstat(`${UNITS_FOLDER}/invocation:user@${uid}.service`).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
}

function unitOf({ exitCode, stdout }: BoundedRun, unit: string): SeenUnit {
  return exitCode === 0 ? parseUnitShow(stdout, unit) : UNKNOWN;
}

async function containerOf({ exitCode, stderr, stdout }: BoundedRun): Promise<SeenUnit> {
  if (exitCode !== 0) return saysNoSuchContainer(stderr) ? NO_SUCH_CONTAINER : UNKNOWN;
  const seen = parseInspected(stdout);
  const { mainPid } = seen.state;
  if (mainPid === 0) return seen;
  const controlGroup = controlGroupIn(await readFile(`/proc/${mainPid}/cgroup`, "utf8").catch(() => ""));
  if (controlGroup === null) return seen;
  const whole = takeUnit({ ...seen.state, controlGroup });
  return { state: whole.state, omitted: [...seen.omitted, ...whole.omitted] };
}
