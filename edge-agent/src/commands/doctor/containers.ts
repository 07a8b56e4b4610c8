// The part of `doctor` that asks an engine for each container of the catalogue. As root: whoever may ask the engine is root. Reads only.
import { engineOf } from "@countersign/shared/host/action-argv";
import type { ContainerSpec } from "@countersign/shared/host/catalogue";
import { LOOK_AS_ROOT } from "@countersign/shared/host/mend";
import { nearestOf } from "@countersign/shared/values/expected-keys";
import { editCatalogue, eachService, type Examiner, rename, type Scene } from "./examiner.ts";
import { type Finding, unknown, well, wrong } from "./finding.ts";
import { firstWords, isRoot, look } from "./systemd.ts";

export const containersExaminer: Examiner = {
  name: "containers",
  eyes: "root",
  isOfInstalled: true,
  examine: (scene) =>
    eachService(scene.catalogue, async ({ container }) =>
      container === undefined ? [] : [await examineContainer(container, scene)],
    ),
};

async function examineContainer(container: ContainerSpec, { paths }: Scene): Promise<Finding> {
  const { engine, name } = container;
  const check = `container: ${name}`;
  if (!isRoot()) return unknown(check, `only root may ask ${engine}: run doctor as root`, LOOK_AS_ROOT);
  const program = engineOf(container);
  if ((await look([program, "container", "inspect", name])).isDone) return well(check, `${engine} has it`);
  const known = await look([program, "ps", "--all", "--format={{.Names}}"]);
  if (!known.isDone)
    return wrong(
      check,
      `${engine} does not answer here, so it can neither be seen nor restarted`,
      editCatalogue(paths),
    );
  const meant = nearestOf(name, await firstWords([program, "ps", "--all", "--format={{.Names}}"]));
  return meant === null
    ? wrong(check, `${engine} has no such container; correct its name in the catalogue`, editCatalogue(paths))
    : wrong(check, `${engine} has no such container; did you mean ${meant}?`, rename(paths, name, meant));
}
