// What an action of the catalogue runs exactly, derived once for the view, the sudoers file, the privilege audit and the execution alike. Pure.
import type { ActionSpec, ContainerSpec, ServiceSpec } from "./catalogue.ts";

export const SUDO_PATH = "/usr/bin/sudo";
export const SYSTEMCTL_PATH = "/usr/bin/systemctl";

/** What sudo is asked for: an exact argument vector, and as whom it runs. */
export interface PrivilegedAct {
  /** without the leading sudo */
  readonly argv: readonly string[];
  readonly runAs: string;
}

type Source = Pick<ServiceSpec, "unit" | "manager" | "user" | "container">;

/** systemctl for the manager that a service's unit belongs to. */
export function systemctlOf({ manager, user }: Pick<ServiceSpec, "manager" | "user">): readonly string[] {
  return manager === "user" ? [SYSTEMCTL_PATH, "--user", `--machine=${user ?? ""}@.host`] : [SYSTEMCTL_PATH];
}

/** The program of a container's engine. */
export function engineOf({ engine }: ContainerSpec): string {
  return `/usr/bin/${engine}`;
}

/** What an action has sudo run; null when it needs no sudo. */
export function privilegedActOf(service: Source, action: ActionSpec): PrivilegedAct | null {
  switch (action.kind) {
    case "systemctl": {
      if (service.unit === undefined) return null;
      // reset-failed queues no job, so it knows no --no-block
      const options = action.verb === "reset-failed" ? [] : ["--no-block"];
      return { argv: [...systemctlOf(service), action.verb, ...options, service.unit], runAs: "root" };
    }
    case "container": {
      const { container } = service;
      return container === undefined
        ? null
        : { argv: [engineOf(container), action.verb, container.name], runAs: "root" };
    }
    case "exec":
      return action.runAs === undefined ? null : { argv: action.argv, runAs: action.runAs };
  }
}

/** Asks sudo whether it allows an act, and by which rule, without running it. */
export function sudoListArgvOf({ argv, runAs }: PrivilegedAct): readonly string[] {
  return [SUDO_PATH, "-n", "-l", ...(runAs === "root" ? [] : ["-u", runAs]), ...argv];
}

/** sudo's argument vector for an act. */
export function sudoArgvOf({ argv, runAs }: PrivilegedAct): readonly string[] {
  return [SUDO_PATH, "-n", ...(runAs === "root" ? [] : ["-u", runAs]), ...argv];
}

/** The exact argument vector that the actuator runs and the view shows. */
export function argvOf(service: Source, action: ActionSpec): readonly string[] {
  const act = privilegedActOf(service, action);
  if (act !== null) return sudoArgvOf(act);
  return action.kind === "exec" ? action.argv : [];
}
