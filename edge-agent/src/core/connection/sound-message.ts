// The last look at a message before it is sent: what the control plane's schema would refuse is left out, because a refused frame costs all
// that is in it. Pure. Every number is checked where it is read; this is for what was missed there, and it is said.
import { Fact } from "@countersign/shared/wire/fact";
import { AgentMessage } from "@countersign/shared/wire/protocol";
import { CheckResult, ServiceReport, UnitState } from "@countersign/shared/wire/service-report";
import { summaryOf } from "./reporting.ts";

/** A message as it may be sent (null: nothing of it may), and what was left out of it. */
export interface SoundMessage {
  readonly message: AgentMessage | null;
  readonly omitted: readonly string[];
}

/** Leaves out what would be refused. */
export function soundMessage(message: AgentMessage): SoundMessage {
  if (AgentMessage.safeParse(message).success) return { message, omitted: [] };
  const omitted: string[] = [];
  const keep: Keep = (schema, value, name) => {
    const { success } = schema.safeParse(value);
    if (!success) omitted.push(name);
    return success;
  };
  const lessened = withoutUnsound(message, keep);
  if (lessened !== null && AgentMessage.safeParse(lessened).success) return { message: lessened, omitted };
  return { message: null, omitted: [message.type] };
}

/** Whether a part is sound; one that is not is noted by its name. */
type Keep = (
  schema: { readonly safeParse: (value: unknown) => { readonly success: boolean } },
  value: unknown,
  name: string,
) => boolean;

function withoutUnsound(message: AgentMessage, keep: Keep): AgentMessage | null {
  switch (message.type) {
    case "report":
      return { ...message, services: message.services.flatMap((service) => soundService(service, keep)) };
    case "facts":
      return { ...message, facts: message.facts.filter((fact) => keep(Fact, fact, fact.kind)) };
    case "outcome": {
      const { outcome } = message;
      const unitBefore = soundUnit(outcome.unitBefore, "outcome", keep);
      const unitAfter = soundUnit(outcome.unitAfter, "outcome", keep);
      return {
        ...message,
        outcome: { ...outcome, unitBefore, unitAfter, detail: summaryOf(outcome.detail) },
      };
    }
    case "proposal-refused":
      return { ...message, detail: summaryOf(message.detail) };
    case "trust-answer": {
      const { refusal } = message;
      return refusal === null
        ? null
        : { ...message, refusal: { ...refusal, detail: summaryOf(refusal.detail) } };
    }
    case "hello":
    case "last-words":
    case "examined":
    case "proposal":
    case "leaving":
      return null;
  }
}

function soundService(service: ServiceReport, keep: Keep): readonly ServiceReport[] {
  const name = service.service;
  const unit = soundUnit(service.unit, name, keep);
  const results = service.results.filter((result) => keep(CheckResult, result, `${name}/${result.check}`));
  const lessened = { ...service, unit, results };
  return keep(ServiceReport, lessened, name) ? [lessened] : [];
}

function soundUnit(unit: UnitState | null, of: string, keep: Keep): UnitState | null {
  return unit === null || keep(UnitState, unit, `${of}/unit`) ? unit : null;
}
