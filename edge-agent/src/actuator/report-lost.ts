// What an actuator does first: executions that were under way when an earlier one died are told as lost. It is unknown whether they ran;
// they are reported once and never run again.
import { assert } from "@countersign/shared/values/result";
import type { Outcome } from "@countersign/shared/wire/outcome";
import { detailOf } from "../actuator-protocol.ts";
import type { ActuatorPorts } from "./ports.ts";

/** An outcome before it has its number. */
export type UnnumberedOutcome = Omit<Outcome, "sequence" | "finishedAt">;

/** Ends each unfinished execution as lost. */
export async function reportLost(ports: ActuatorPorts): Promise<void> {
  const catalogue = await ports.loadCatalogue();
  for (const started of ports.journal.state().unfinished.values()) {
    const service = catalogue.ok
      ? catalogue.value.services.find(({ name }) => name === started.service)
      : undefined;
    const after = service === undefined ? null : (await ports.observe(service)).state;
    const isNew = after !== null && after.invocationId !== started.unitBefore.invocationId;
    await journalOutcome(ports, {
      nonce: started.nonce,
      grantId: started.grantId,
      action: started.action,
      service: started.service,
      status: "lost",
      refusal: null,
      detail: isNew
        ? "the actuator ended before the execution did; the unit was started anew since"
        : "the actuator ended before the execution did; it is unknown whether it ran",
      unitBefore: started.unitBefore,
      unitAfter: after,
      startedAt: Math.round(started.at.wallMs),
      ...(started.signers === undefined ? {} : { signers: [...started.signers] }),
    });
  }
}

/** Numbers an outcome and stores it. What of it could not be read again is left out, because that it ended must not be lost with it. */
export async function journalOutcome(
  { journal, now }: Pick<ActuatorPorts, "journal" | "now">,
  outcome: UnnumberedOutcome,
): Promise<void> {
  const finishedAt = now().wallMs;
  const sequence = journal.state().lastSequence + 1;
  const whole = await journal.append({ type: "outcome", outcome: { ...outcome, finishedAt, sequence } });
  if (whole.ok) return;
  const detail = detailOf(`${outcome.detail} (left out, because it cannot be: ${whole.error.detail})`);
  const bare = { ...outcome, detail, unitBefore: null, unitAfter: null, startedAt: finishedAt };
  const kept = await journal.append({ type: "outcome", outcome: { ...bare, finishedAt, sequence } });
  assert(kept.ok, "an outcome without what was observed can be written");
}
