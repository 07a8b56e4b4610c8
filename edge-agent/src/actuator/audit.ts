// Which actions of the catalogue this actuator could execute now, and why not: asks sudo itself about each exact line and the rule behind it,
// whether each program and unit is there, and whether what takes an act back is. Runs nothing of what it asks about.
// What a reader would get wrong: an action needs more than its own line. A unit of a user and a container are seen by another one, and what
// cannot be seen is not acted on.
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import {
  argvOf,
  type PrivilegedAct,
  privilegedActOf,
  sudoListArgvOf,
} from "@countersign/shared/host/action-argv";
import type { ActionSpec, Catalogue, ServiceSpec } from "@countersign/shared/host/catalogue";
import { unloadedOf } from "@countersign/shared/host/unit-run";
import {
  findPrivilegeGap,
  type PrivilegeGap,
  SUDO_LISTING_ARGV,
  type SudoEnd,
} from "../core/actuator/sudo-listing.ts";
import { observingActOf } from "../core/actuator/sudoers.ts";
import type { SeenUnit } from "../core/evidence/unit-state.ts";

export interface AuditedAction {
  readonly service: string;
  readonly action: string;
  /** null: it could be executed now */
  readonly gap: PrivilegeGap | null;
}

export interface AuditPorts {
  /** runs a tool as the actuator's own user */
  readonly tryTool: (argv: readonly string[]) => Promise<SudoEnd>;
  /** as exactly as the actuator sees it */
  readonly look: (service: ServiceSpec) => Promise<SeenUnit>;
}

/** Audits every action, in the catalogue's order. */
export async function auditActions(
  catalogue: Catalogue,
  { look, tryTool }: AuditPorts,
): Promise<readonly AuditedAction[]> {
  let listing: Promise<SudoEnd> | null = null;
  const gapOf = async (act: PrivilegedAct | null): Promise<PrivilegeGap | null> => {
    if (act === null) return null;
    const allowed = await tryTool(sudoListArgvOf(act));
    listing ??= tryTool(SUDO_LISTING_ARGV);
    return findPrivilegeGap(act, { allowed, listed: await listing });
  };
  const audited: AuditedAction[] = [];
  for (const service of catalogue.services) {
    if (service.actions.length === 0) continue;
    const unseen = await gapOf(observingActOf(service));
    const missing = unseen ?? findMissing(service, await look(service));
    for (const action of service.actions) {
      const gap =
        (await gapOf(privilegedActOf(service, action))) ??
        (await findProgramGap(service, action)) ??
        (action.kind === "exec" ? unseen : missing) ??
        findUndoGap(service, action);
      audited.push({ service: service.name, action: action.name, gap });
    }
  }
  return audited;
}

async function findProgramGap(service: ServiceSpec, action: ActionSpec): Promise<PrivilegeGap | null> {
  if (action.kind !== "exec" || action.runAs !== undefined) return null;
  const [program = ""] = argvOf(service, action);
  const isProgram = await access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (isProgram) return null;
  return { reason: `${program} cannot be executed by the actuator's user`, mend: `chmod a+rx ${program}` };
}

function findUndoGap({ actions }: ServiceSpec, { undo }: ActionSpec): PrivilegeGap | null {
  if (undo === undefined || actions.some(({ name }) => name === undo)) return null;
  return {
    reason: `what takes it back, ${undo}, is no action of this service`,
    mend: "correct the catalogue",
  };
}

/** What is acted on must be there; of what cannot be seen it is said where it should be seen. */
function findMissing(
  { container, manager, unit = "", user = "" }: ServiceSpec,
  { state }: SeenUnit,
): PrivilegeGap | null {
  const unloaded = unloadedOf(state);
  if (container !== undefined) {
    if (unloaded !== null)
      return {
        reason: `${container.engine} has no container ${container.name}`,
        mend: `correct the catalogue: \`${container.engine} ps --all\` lists the names`,
      };
    return state.activeState === "unknown"
      ? { reason: `${container.engine} does not answer`, mend: `systemctl status ${container.engine}` }
      : null;
  }
  const ofUser = manager === "user" ? `--user --machine=${user}@.host ` : "";
  if (manager === "user" && state.activeState === "unknown")
    return {
      reason: `${user}'s own systemd cannot be asked: it does not run`,
      mend: `loginctl enable-linger ${user}`,
    };
  if (unloaded === null) return null;
  return unloaded === "masked"
    ? { reason: `${unit} is masked: nothing can start it`, mend: `systemctl ${ofUser}unmask ${unit}` }
    : {
        reason:
          unloaded === "not-found" ? `there is no unit ${unit}` : `systemd cannot load ${unit} (${unloaded})`,
        mend: `systemctl ${ofUser}status ${unit}`,
      };
}
