// Observations of a host, with what a test does not care about filled in.
import type {
  FoundContainer,
  FoundPort,
  FoundUnit,
  Observations,
} from "../../../../edge-agent/src/core/discovery/observations.ts";

export function unitOf(unit: string, more: Partial<FoundUnit> = {}): FoundUnit {
  return {
    unit,
    owner: null,
    description: `Runs ${unit}`,
    activeState: "active",
    fileState: "enabled",
    path: `/etc/systemd/system/${unit}`,
    type: "simple",
    restart: "on-failure",
    restartMs: 100,
    startLimitBurst: 5,
    startLimitMs: 10_000,
    startMs: 90_000,
    stopMs: 10_000,
    mainPid: 100,
    user: "",
    program: "/usr/bin/true",
    triggeredBy: [],
    ...more,
  };
}

export function portOf(port: number, unit: string, more: Partial<FoundPort> = {}): FoundPort {
  const holder = { kind: "unit", owner: null, unit } as const;
  return { port, reach: "loopback", holder, healthPath: null, counters: [], ...more };
}

export function containerOf(name: string | null, more: Partial<FoundContainer> = {}): FoundContainer {
  return { name, id: "ab".repeat(32), engine: "docker", image: "shop:1", ports: [], ...more };
}

export function observed(more: Partial<Observations> = {}): Observations {
  return { units: [], containers: [], ports: [], processes: [], files: [], unseen: [], ...more };
}
