// What the benchmarks on a real systemd machine share: whether one can be booted here, and how its catalogue is replaced.
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { MACHINE_PACKAGES, missingPackages } from "../../control-plane/embedded/system-packages.ts";
import type { Fleet } from "../system/fleet.ts";

/** Why no machine can be booted here, in words; null: one can. */
export function machineObstacle(): string | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "it boots a machine: that needs root on Linux";
  const missing = missingPackages(MACHINE_PACKAGES);
  return missing.length > 0 ? `missing Debian packages: ${missing.join(" ")}` : null;
}

/** Puts another catalogue in place and restarts agent and actuator; resolves when the host is back on a new connection. */
export async function useCatalogue({ machine, hosts, hostId }: Fleet, catalogue: string): Promise<void> {
  const connectedAt = async () => {
    const host = (await hosts()).find((candidate) => candidate.hostId === hostId);
    return host?.liveness === "up" ? (host.connection?.connectedAt ?? 0) : 0;
  };
  const before = await connectedAt();
  await machine.write("/etc/countersign/catalogue.yaml", catalogue, 0o644);
  await machine.run(["systemctl", "try-restart", "countersign-actuator.service"]);
  await machine.run(["systemctl", "restart", "countersign-agent.service"]);
  await waitFor("the host to be back with its new catalogue", 30_000, async () =>
    (await connectedAt()) > before ? true : null,
  );
}
