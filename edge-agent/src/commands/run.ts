// `countersign-agent run`: the agent in the foreground, as systemd runs it. Refuses before it starts what can only fail later:
// not enrolled, unreadable catalogue, state directory not writable, second agent. Not pure.
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { createActuatorClient } from "../actuator-client.ts";
import { type Agent, startAgent } from "../agent/agent.ts";
import { type ControlRequest, takeControlSocket } from "../agent/control-socket.ts";
import { openFactSpool } from "../agent/fact-spool.ts";
import { hostIdOfKey, type Identity, loadIdentity } from "../agent/identity.ts";
import { createLog } from "../agent/log.ts";
import { notifyReady, startWatchdog } from "../agent/notify.ts";
import { createJournalReader, readPlainLog } from "../agent/read-words.ts";
import { readBootedAt, readBootId } from "../boot-id.ts";
import { EXACT_LOOK_TIMEOUT_MS } from "../checks/check-loop.ts";
import { createPluginAsker } from "../checks/installed-plugin.ts";
import { spawnPlugin } from "../checks/plugin-check.ts";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { openLedgerPositions } from "../evidence/ledger-positions.ts";
import { describeFailure } from "../failure.ts";
import type { Mode } from "../files/read-owned-file.ts";
import { flagsOf, type HostPaths } from "../paths.ts";
import { watchUnits } from "../watching/units-of-host.ts";

/** How long a stopping agent waits for its last frames to leave. */
const STOP_MS = 300;

export type LoadCatalogue = (path: string, mode: Mode) => Promise<Result<Catalogue, CommandRefusal>>;

export interface RunOptions {
  readonly loadCatalogue: LoadCatalogue;
  /** how the program of all commands is started, for doctor to look at this host; null: nothing is examined */
  readonly self: readonly string[] | null;
}

/** Runs until a signal ends it (ok), or until it finds that it cannot work. */
export async function runAgent(
  paths: HostPaths,
  { loadCatalogue, self }: RunOptions,
): Promise<Result<null, CommandRefusal>> {
  const identity = await loadEnrolled(paths);
  if (!identity.ok) return identity;
  const catalogue = await loadCatalogue(paths.catalogue, paths.mode);
  if (!catalogue.ok) return catalogue;
  const holder: { agent: Agent | null } = { agent: null };
  const locked = await takeControlSocket(paths.agentStateDir, (request) =>
    obeyCommand(holder.agent, request),
  );
  if (!locked.ok) return locked;

  const log = createLog({
    write: (line) => process.stderr.write(line),
    format: process.stderr.isTTY ? "plain" : "json",
    now: Date.now,
  });
  if (locked.value.warning !== null) log.state("warning", "state", locked.value.warning);
  const bootId = await readBootId();
  const boot = { bootId, bootedAt: readBootedAt() };
  const positions = await openLedgerPositions(paths.ledgerPositions, boot, (error) =>
    log.state("warning", "evidence", describeFailure(error)),
  );
  const spool = await openFactSpool(paths.waitingFacts, log);
  return await new Promise((resolve) => {
    const agent = startAgent({
      identity: identity.value,
      catalogue: catalogue.value,
      bootId,
      actuator: createActuatorClient({ socketPath: paths.socket }),
      observeUnit: watchUnits(
        createActuatorClient({ socketPath: paths.socket, timeoutMs: EXACT_LOOK_TIMEOUT_MS }).observe,
      ),
      readWords: paths.mode === "system" ? createJournalReader() : readPlainLog,
      checkPlugin: paths.mode === "system" ? createPluginAsker() : spawnPlugin,
      positions,
      spool,
      examination: {
        argv: self === null ? null : [...self, "doctor", "--as-agent", "--json", ...flagsOf(paths)],
        rootFindings: paths.rootFindings,
      },
      offeredTrust: paths.offeredTrust,
      log,
      onHopeless: (sentence) => {
        agent.stop();
        resolve(refuse({ reason: "refused-for-good", sentence }));
      },
    });
    holder.agent = agent;
    const watchdog = startWatchdog(agent.isLoopSound);
    const stop = () => {
      watchdog.stop();
      agent.stop();
      setTimeout(() => resolve(ok(null)), STOP_MS);
    };
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
    log.event({
      level: "info",
      event: "started",
      text: `Watching ${catalogue.value.services.length} services of ${paths.catalogue}.`,
    });
    notifyReady();
  });
}

function obeyCommand(agent: Agent | null, request: ControlRequest): boolean {
  if (agent === null) return false;
  switch (request.type) {
    case "leave":
      return agent.leave(request);
    case "trust":
      return agent.tellTrust();
    case "examined":
      return agent.takeExamined(request.findings);
  }
}

async function loadEnrolled(paths: HostPaths): Promise<Result<Identity, CommandRefusal>> {
  const identity = await loadIdentity(paths.identity);
  if (!identity.ok) return identity;
  if (identity.value === null)
    return refuse({
      reason: "not-enrolled",
      sentence:
        "This host is not enrolled: make a token on the desk and run `countersign-agent enroll --url URL --token-file -`.",
    });
  if (hostIdOfKey(identity.value.publicKey) !== identity.value.hostId)
    return refuse({
      reason: "identity-unreadable",
      sentence: `${paths.identity} is damaged: enrol this host again with \`countersign-agent enroll --force\`.`,
    });
  return ok(identity.value);
}
