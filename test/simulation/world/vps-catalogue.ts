// The catalogue of every simulated host: two services, one that can only be restarted and one with a whole ladder.
import { Catalogue } from "@countersign/shared/host/catalogue";

export const SERVICE_NAMES = ["web", "worker"] as const;

const RESTART = { kind: "systemctl", name: "restart", level: 4, verb: "restart" };
const LOWER_RUNGS = [
  { kind: "exec", name: "retry", level: 2, argv: ["/usr/local/bin/retry"] },
  { kind: "exec", name: "failover", level: 3, argv: ["/usr/local/bin/failover"], undo: "failback" },
  { kind: "exec", name: "failback", level: 3, argv: ["/usr/local/bin/failback"] },
];
const CONFIG_FALLBACK = {
  kind: "exec",
  name: "config-fallback",
  level: 5,
  argv: ["/usr/local/bin/fallback"],
};

export const CATALOGUE = Catalogue.parse({
  version: 1,
  probePort: 22,
  budget: { restartsMax: 6, window: "1h" },
  services: SERVICE_NAMES.map((name) => ({
    name,
    unit: `${name}.service`,
    checks: [{ kind: "unit", name: "unit" }],
    // One service can only be restarted; the other has a whole ladder.
    actions: name === "worker" ? [...LOWER_RUNGS, RESTART, CONFIG_FALLBACK] : [RESTART],
  })),
});
