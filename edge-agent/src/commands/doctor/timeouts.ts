// The part of `doctor` that asks whether the times of the catalogue can hold: a check's timeout within its period, and an action's not
// before the unit itself gives up. Reads only.
// What a reader would get wrong: an action that times out is not stopped; it is told as timed out while systemd goes on, and the next act is
// decided on that.
import { CHECK_TIMEOUT_MS, type ServiceSpec } from "@countersign/shared/host/catalogue";
import { formatDuration, writeDuration } from "@countersign/shared/values/duration";
import { unitSpansOf } from "../../core/unit-spans.ts";
import { editCatalogue, eachService, type Examiner, type Scene } from "./examiner.ts";
import { type Finding, well, wrong } from "./finding.ts";
import { askSystemd, isRoot, look, spanMsOf } from "./systemd.ts";

/** How long docker waits for a container to stop before it kills it, where the container says nothing. */
const DOCKER_STOP_MS = 10_000;

/** What a verb may take by the unit's own times. */
const PARTS_OF_VERB: ReadonlyMap<string, readonly ("start" | "stop")[]> = new Map([
  ["restart", ["stop", "start"]],
  ["start", ["start"]],
  ["stop", ["stop"]],
]);

export const timeoutsExaminer: Examiner = {
  name: "timeouts",
  eyes: "anyone",
  examine: (scene) =>
    eachService(scene.catalogue, async (service) => [
      ...service.checks.flatMap((check) =>
        // the default is nobody's choice: of a check that is to run every second it only bounds one that hangs
        check.timeout <= check.every || check.timeout === CHECK_TIMEOUT_MS
          ? []
          : wrong(
              `timeout: ${service.name} ${check.name}`,
              `its timeout of ${formatDuration(check.timeout)} is longer than its period of ${formatDuration(check.every)}, so one slow answer delays the next look: make it shorter`,
              editCatalogue(scene.paths),
            ),
      ),
      ...(await examineActions(service, scene)),
    ]),
};

async function examineActions(service: ServiceSpec, { paths }: Scene): Promise<readonly Finding[]> {
  const acts = service.actions.filter(({ kind }) => kind !== "exec");
  if (acts.length === 0 || paths.mode === "process") return [];
  const spans = service.container === undefined ? await unitSpans(service) : await containerSpans(service);
  if (spans === null) return [];
  return acts.flatMap((action) => {
    const verb = action.kind === "exec" ? "" : action.verb;
    const parts = PARTS_OF_VERB.get(verb);
    if (parts === undefined) return [];
    const neededMs = Math.ceil(parts.reduce((sum, part) => sum + spans[part], 0));
    const check = `timeout: ${service.name} ${action.name}`;
    if (action.timeout >= neededMs) return well(check, "it may take as long as its unit may");
    return wrong(
      check,
      `it counts as timed out after ${formatDuration(action.timeout)}, while its ${parts.join(" and ")} may take ${formatDuration(neededMs)}: set the action's timeout to ${writeDuration(neededMs)}, or make the unit's shorter`,
      editCatalogue(paths),
    );
  });
}

type Spans = ReturnType<typeof unitSpansOf>;

async function unitSpans(service: ServiceSpec): Promise<Spans | null> {
  if (service.manager === "user" && !isRoot()) return null;
  const told = await askSystemd(service, ["Type", "TimeoutStartUSec", "TimeoutStopUSec"]);
  if (told === null) return null;
  const [startMs, stopMs] = [spanMsOf(told.get("TimeoutStartUSec")), spanMsOf(told.get("TimeoutStopUSec"))];
  return unitSpansOf({ type: told.get("Type") ?? "", startMs, stopMs });
}

async function containerSpans({ container }: ServiceSpec): Promise<Spans | null> {
  if (container === undefined || !isRoot()) return null;
  const { engine, name } = container;
  const { isDone, output } = await look([
    `/usr/bin/${engine}`,
    "container",
    "inspect",
    "--format={{.Config.StopTimeout}}",
    name,
  ]);
  if (!isDone) return null;
  const seconds = /^[0-9]+$/.exec(output.trim())?.[0];
  return { start: 0, stop: seconds === undefined ? DOCKER_STOP_MS : Number(seconds) * 1_000 };
}

/** Each undo names an action of the same service, and another one. */
export const undoExaminer: Examiner = {
  name: "undo",
  eyes: "anyone",
  examine: ({ catalogue, paths }) =>
    eachService(catalogue, async ({ actions, name: service }) =>
      actions.flatMap(({ name, undo }) => {
        if (undo === undefined) return [];
        const check = `undo: ${service} ${name}`;
        if (undo === name)
          return wrong(
            check,
            "it takes itself back: name the action that restores what was before",
            editCatalogue(paths),
          );
        return actions.some((other) => other.name === undo)
          ? well(check, `${undo} takes it back`)
          : wrong(check, `there is no action ${undo}, so nothing can take it back`, editCatalogue(paths));
      }),
    ),
};
