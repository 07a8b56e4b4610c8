// What the actuator needs from the world, named so that main.ts composes it explicitly and a test may put a crash in between.
import type { Catalogue, ServiceSpec } from "@countersign/shared/host/catalogue";
import type { Result } from "@countersign/shared/values/result";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import type { HostInstant } from "../core/actuator/budget.ts";
import type { CommandRefusal } from "../core/command-refusal.ts";
import type { SeenUnit } from "../core/evidence/unit-state.ts";
import type { StoredTrust } from "../files/trust-store.ts";
import type { AuditedAction } from "./audit.ts";
import type { Journal } from "./journal.ts";
import type { Proposals } from "./proposals.ts";
import type { RunEnd } from "./run-action.ts";

export interface ActuatorPorts {
  /** both clocks and the boot, now */
  readonly now: () => HostInstant;
  readonly makeNonce: () => string;
  /** this process's own user, by name */
  readonly actuatorUser: string;
  /** read anew for each decision: root may have changed them since */
  readonly loadCatalogue: () => Promise<Result<Catalogue, CommandRefusal>>;
  readonly loadTrust: () => Promise<Result<StoredTrust, CommandRefusal>>;
  /** keeps the versions of the fleet's trust after the one that root accepted; on disk when it returns */
  readonly saveChain: (versions: readonly SignedTrust[]) => Promise<void>;
  readonly isFrozen: () => Promise<boolean>;
  readonly observe: (service: ServiceSpec) => Promise<SeenUnit>;
  readonly run: (argv: readonly string[], timeoutMs: number) => Promise<RunEnd>;
  /** asks sudo about every action, and runs none */
  readonly audit: (catalogue: Catalogue) => Promise<readonly AuditedAction[]>;
  readonly wait: (durationMs: number) => Promise<void>;
  readonly journal: Journal;
  readonly proposals: Proposals;
  /** an execution could not be journalled or watched to its end: the process must end, the next one reports it as lost */
  readonly fail: (error: unknown) => void;
  /** how long minted proposals live */
  readonly proposalLifetimeMs: number;
}
