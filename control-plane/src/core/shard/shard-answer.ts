// What a host answered, compared with what it was asked for: the same act, of the same service, on this host; and an outcome with the grant
// that it names. Pure. The desk compares again; this is where the host is found out.
// What a reader would get wrong: an answer to a request that is over is no offence, for it may have been on its way; and a level that
// differs is none either, because root may have changed the catalogue since the host connected. Nothing comes of either.
import { namedAt, valuesOf, withNamed } from "@countersign/shared/values/named";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { AnsweredOtherwise } from "../facts/shard-fact.ts";
import { askerText, type Asking, isSameAsker } from "../words/asking.ts";
import { joinEffects, NO_EFFECTS } from "../words/effects.ts";
import type { AskRefusal } from "../words/signal.ts";
import { takeHostFacts } from "./host/host-facts.ts";
import { type HostScene, type HostChange, type ServiceChange } from "./host/shard-change.ts";
import type { ShardEvent } from "./host/shard-events.ts";
import type { HostState, ServiceState, SharedState } from "./host/shard-state.ts";
import { askingOf } from "./remedy/ask.ts";
import { withAsking, withoutRenewal } from "./remedy/asking.ts";
import { takeProposal, takeProposalRefusal } from "./remedy/shard-proposal.ts";
import { sweepServices } from "./service-rules.ts";

type Proposed = Extract<ShardEvent, { kind: "proposed" }>;
type Otherwise = Pick<AnsweredOtherwise, "asked" | "answered">;

/** Takes in the host's answer to an open request; nothing comes of one to a request that is not open. */
export function takeAnswer(host: HostState, event: Proposed, scene: HostScene): HostChange {
  const asked = askedFor(host, event.requestId);
  if (asked === null) return { host, effects: NO_EFFECTS };
  const otherwise = otherwiseThan(host, asked, event);
  if (otherwise !== null)
    return takeOtherwise(refuse(host, asked, { ...event, ...otherwise, scene }), otherwise, scene);
  const changed = catalogueFault(host, event);
  return changed === null
    ? withService(host, takeProposal(host, asked, { ...event, scene }))
    : withService(host, takeProposalRefusal(host, asked, { ...event, refusal: changed, scene }));
}

/** Takes in the host's no to an open request. */
export function takeRefusal(
  host: HostState,
  event: Extract<ShardEvent, { kind: "proposal-refused" }>,
  scene: HostScene,
): HostChange {
  const asked = askedFor(host, event.requestId);
  if (asked === null) return { host, effects: NO_EFFECTS };
  return withService(host, takeProposalRefusal(host, asked, { ...event, scene }));
}

/** Says how an outcome differs from the grant that it names; null: it does not, or its grant is not held any more. */
export function outcomeOtherwise(
  host: HostState,
  outcome: Outcome,
  grants: SharedState["grants"],
): Otherwise | null {
  const { action, grantId, service } = outcome;
  const grant = grantId === null ? undefined : namedAt(grants, grantId);
  if (grant === undefined) return null;
  const isSame =
    grant.hostId === host.hostId &&
    (service === null || service === grant.service) &&
    (action === null || grant.action === undefined || action === grant.action);
  if (isSame) return null;
  const asked = actText(
    grant.action ?? "an act",
    grant.service,
    grant.hostId === host.hostId ? null : grant.hostId,
  );
  return { asked, answered: `the end of ${actText(action ?? "an act", service ?? "a service", null)}` };
}

/** The host said something else than was asked: its rule hears of it, and what fires now may end what else is open. */
export function takeOtherwise(before: HostChange, otherwise: Otherwise, scene: HostScene): HostChange {
  const fact: AnsweredOtherwise = { kind: "answered-otherwise", service: null, at: scene.now, ...otherwise };
  const told = takeHostFacts(before.host, [fact], scene);
  const judged = sweepServices(told.host, scene);
  // The freeze goes ahead of all that it ends.
  const effects = joinEffects(joinEffects(told.effects, before.effects), judged.effects);
  return { host: judged.host, effects };
}

function askedFor({ services }: HostState, requestId: string): ServiceState | null {
  return valuesOf(services).find(({ proposal }) => proposal?.requestId === requestId) ?? null;
}

function otherwiseThan(host: HostState, asked: ServiceState, { answered }: Proposed): Otherwise | null {
  const { proposal } = asked;
  if (proposal === null) return null;
  const { action } = proposal;
  const isHere = answered.hostId === host.hostId;
  const asking = askingOf(host, asked, proposal);
  if (!isHere || answered.service !== asked.service || answered.action !== action)
    return {
      asked: actText(action, asked.service, null),
      answered: actText(answered.action, answered.service, isHere ? null : answered.hostId),
    };
  if (isSameAsker(answered.askedBy, asking.askedBy) && answered.reason === asking.reason) return null;
  return {
    asked: askingText(action, asked.service, asking),
    answered: askingText(action, asked.service, answered),
  };
}

function askingText(action: string, service: string, { askedBy, reason }: Asking): string {
  return `${actText(action, service, null)} for ${askerText(askedBy)} because of "${reason}"`;
}

function actText(action: string, service: string, hostId: string | null): string {
  return hostId === null ? `${action} of ${service}` : `${action} of ${service} on ${hostId}`;
}

// What the hello announced decided whether this may run without a person.
function catalogueFault({ connection }: HostState, { answered }: Proposed): AskRefusal | null {
  const { action, level, service } = answered;
  const entry = connection?.catalogue.find((candidate) => candidate.service === service);
  const announced = entry?.actions.find((offered) => offered.action === action)?.level ?? null;
  return announced === level ? null : { reason: "catalogue-changed", action, level, announced };
}

// An answer that came before stays what it was: the desk knows it, and a freeze ends it there. The question is put again when a person
// has lifted the freeze.
function refuse(
  host: HostState,
  asked: ServiceState,
  {
    asked: wanted,
    answered,
    requestId,
    scene,
  }: Otherwise & { readonly requestId: string; readonly scene: HostScene },
): HostChange {
  const refusal = { reason: "answered-otherwise", asked: wanted, answered } as const;
  const { service, effects } = takeProposalRefusal(host, asked, { requestId, refusal, scene });
  const isOver = service.proposal === null;
  const held = isOver ? withAsking(withoutRenewal(service), { askAt: null, isHeldBack: true }) : service;
  return withService(host, { service: held, effects });
}

function withService(host: HostState, { service, effects }: ServiceChange): HostChange {
  if (namedAt(host.services, service.service) === service) return { host, effects };
  return { host: { ...host, services: withNamed(host.services, service.service, service) }, effects };
}
