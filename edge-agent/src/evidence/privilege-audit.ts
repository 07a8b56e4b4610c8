// The privilege audit: asks the actuator from time to time which catalogue actions it could execute now, so that a gap is known before
// the action is needed (seed 000). An actuator that does not answer can execute nothing, and that is told too, but not at its first
// silence. Not pure.
import { argvOf, type Catalogue } from "@countersign/shared/catalogue";
import type { Fact } from "@countersign/shared/fact";
import type { ActuatorClient } from "../actuator-client.ts";
import { NOTHING_READ, type Reading } from "../core/evidence-book.ts";
import { commandOf } from "./sources.ts";

const AUDIT_EVERY_MS = 60 * 60_000;
const AUDIT_RETRY_MS = 60_000;
/** Audits in a row without an answer after which every action counts as not executable. */
const SILENCES_MAX = 3;

/** Starts to audit; a catalogue without actions needs none. */
export function startPrivilegeAudit(options: {
  readonly catalogue: Catalogue;
  readonly actuator: Pick<ActuatorClient, "audit">;
  readonly onReading: (reading: Reading) => void;
}): { readonly stop: () => void } {
  const { catalogue, actuator, onReading } = options;
  let timer: NodeJS.Timeout | undefined;
  let silences = 0;
  let isStopped = false;
  const audit = async () => {
    const executable = await actuator.audit().catch(() => null);
    if (isStopped) return;
    silences = executable === null ? silences + 1 : 0;
    if (executable !== null || silences >= SILENCES_MAX)
      onReading({ ...NOTHING_READ, standing: privilegesOf(catalogue, executable ?? [], Date.now()) });
    timer = setTimeout(() => void audit(), executable === null ? AUDIT_RETRY_MS : AUDIT_EVERY_MS);
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
