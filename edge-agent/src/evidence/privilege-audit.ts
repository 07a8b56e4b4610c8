// The privilege audit: asks the actuator from time to time which catalogue actions it could execute now, so that a gap is known before
// the action is needed (seed 000). An actuator that does not answer can execute nothing, and that is told too, but not at its first
// silence. Not pure.
import { argvOf } from "@countersign/shared/host/action-argv";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import type { Fact } from "@countersign/shared/wire/fact";
import type { ActuatorClient } from "../actuator-client.ts";
import { NOTHING_READ, type Reading } from "../core/evidence/evidence-book.ts";
import { commandOf } from "./sources.ts";

const AUDIT_EVERY_MS = 60 * 60_000;
/** Between tries on an actuator that does not answer: doubled up to the cap. */
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 60_000;
/** After so long without an answer every action counts as not executable. */
const SILENCE_MAX_MS = 2 * 60_000;

/** Starts to audit; a catalogue without actions needs none. */
export function startPrivilegeAudit(options: {
  readonly catalogue: Catalogue;
  readonly actuator: Pick<ActuatorClient, "audit">;
  readonly onReading: (reading: Reading) => void;
}): { readonly stop: () => void } {
  const { catalogue, actuator, onReading } = options;
  let timer: NodeJS.Timeout | undefined;
  let answeredAt = performance.now();
  let retryMs = RETRY_MS;
  let isStopped = false;
  const audit = async () => {
    const executable = await actuator.audit().catch(() => null);
    if (isStopped) return;
    if (executable !== null) answeredAt = performance.now();
    if (executable !== null || performance.now() - answeredAt >= SILENCE_MAX_MS)
      onReading({ ...NOTHING_READ, states: privilegesOf(catalogue, executable ?? [], Date.now()) });
    timer = setTimeout(() => void audit(), executable === null ? retryMs : AUDIT_EVERY_MS);
    retryMs = executable === null ? Math.min(RETRY_MAX_MS, retryMs * 2) : RETRY_MS;
  };
  if (catalogue.services.some(({ actions }) => actions.length > 0)) void audit();
  return {
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** What the audit found about each action of the catalogue; one that the actuator did not name is not executable. */
export function privilegesOf(
  catalogue: Catalogue,
  executable: readonly { readonly service: string; readonly action: string }[],
  at: number,
): readonly Fact[] {
  return catalogue.services.flatMap((service) =>
    service.actions.map((action): Fact => {
      const isExecutable = executable.some(
        (known) => known.service === service.name && known.action === action.name,
      );
      const command = commandOf(argvOf(service, action)).slice(0, 300);
      return { kind: "privilege", service: service.name, at, action: action.name, isExecutable, command };
    }),
  );
}
