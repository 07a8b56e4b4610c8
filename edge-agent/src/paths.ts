// Every path of the host side, in one place. Pure. Without overrides the host is in `system` mode: root owns the configuration and
// systemd the state. With a directory of its own (`--config-dir`) it is in `process` mode: all belongs to the current user, which
// is for trying it out; the three zones (docs/security.md) need system mode.
import { dirname, join } from "node:path";

export interface PathOverrides {
  readonly configDir?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly socket?: string | undefined;
}

export interface HostPaths {
  readonly mode: "system" | "process";
  readonly configDir: string;
  readonly catalogue: string;
  readonly trust: string;
  /** the version of the fleet's trust that root accepted */
  readonly fleetTrust: string;
  /** while this file exists, nothing runs */
  readonly frozen: string;
  /** the agent's state: its key and where it is enrolled */
  readonly agentStateDir: string;
  readonly identity: string;
  /** how far the agent has read and told its services' ledgers */
  readonly ledgerPositions: string;
  /** facts that the agent could not tell yet */
  readonly waitingFacts: string;
  /** the version of the fleet's trust that the control plane offered, for root to accept */
  readonly offeredTrust: string;
  /** what root's doctor found last, as the agent tells it */
  readonly rootFindings: string;
  readonly actuatorStateDir: string;
  /** versions of the fleet's trust after the accepted one */
  readonly trustChain: string;
  readonly journal: string;
  readonly proposals: string;
  readonly actuatorLock: string;
  readonly socket: string;
}

const CONFIG_DIR = "/etc/countersign";
const AGENT_STATE_DIR = "/var/lib/countersign-agent";
const SOCKET = "/run/countersign/actuator.sock";

/** What `install` creates; fixed, because units and sudoers name them. */
export const INSTALL_DIR = "/opt/countersign";
export const INSTALLED_NODE = join(INSTALL_DIR, "node");
export const INSTALLED_AGENT = join(INSTALL_DIR, "countersign-agent.mjs");
export const INSTALLED_COMMAND = "/usr/local/bin/countersign-agent";
export const SUDOERS_FILE = "/etc/sudoers.d/countersign";
export const UNIT_DIR = "/etc/systemd/system";

/** Derives all paths from the overrides given on the command line. */
export function pathsOf(overrides: PathOverrides = {}): HostPaths {
  const { configDir = CONFIG_DIR, stateDir } = overrides;
  const agentStateDir = stateDir === undefined ? AGENT_STATE_DIR : join(stateDir, "agent");
  const actuatorStateDir =
    stateDir === undefined ? "/var/lib/countersign-actuator" : join(stateDir, "actuator");
  return {
    mode: configDir === CONFIG_DIR ? "system" : "process",
    configDir,
    catalogue: join(configDir, "catalogue.yaml"),
    trust: join(configDir, "trust.json"),
    fleetTrust: join(configDir, "fleet-trust.json"),
    frozen: join(configDir, "frozen"),
    agentStateDir,
    identity: join(agentStateDir, "identity.json"),
    ledgerPositions: join(agentStateDir, "ledgers.json"),
    waitingFacts: join(agentStateDir, "waiting-facts.ndjson"),
    offeredTrust: join(agentStateDir, "offered-trust.json"),
    rootFindings: join(agentStateDir, "root-findings.json"),
    actuatorStateDir,
    trustChain: join(actuatorStateDir, "trust-chain.json"),
    journal: join(actuatorStateDir, "journal.ndjson"),
    proposals: join(actuatorStateDir, "proposals.json"),
    actuatorLock: join(actuatorStateDir, "actuator.lock"),
    socket: overrides.socket ?? (stateDir === undefined ? SOCKET : join(stateDir, "actuator.sock")),
  };
}

/** The flags by which a command finds these paths again. */
export function flagsOf({ agentStateDir, configDir, mode, socket }: HostPaths): readonly string[] {
  const state = agentStateDir === AGENT_STATE_DIR ? [] : ["--state-dir", dirname(agentStateDir)];
  return mode === "system" && state.length === 0
    ? ["--socket", socket]
    : ["--config-dir", configDir, ...state, "--socket", socket];
}
