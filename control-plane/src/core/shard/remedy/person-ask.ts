// A person has a host asked for an act: the way after a no, and where the ladder offers nothing. Pure. Only what makes the question
// pointless stands in its way: the host cannot be asked, its catalogue names no such action, automation is frozen, or an act is under way.
// What a reader would get wrong: a ceiling that says that restarting is not the fix, and a budget that is used up, do not. The first is the
// person's to judge; the host keeps its own budget, and refuses.
import { namedAt, withNamed } from "@countersign/shared/values/named";
import { askReasonOf } from "../../words/asking.ts";
import { type EffectDraft, joinEffects, NO_EFFECTS, signalEffect } from "../../words/effects.ts";
import type { PersonAsk } from "../../words/shard-word.ts";
import type { AskRefusal } from "../../words/signal.ts";
import { unreportedService } from "../host/services.ts";
import { type HostChange, type HostScene, isGranted, subjectOf } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { isOfVersion1, sendPropose } from "./ask.ts";
import { automationCeilingOf } from "./automation-ceiling.ts";
import { remedyReasonOf } from "./ladder.ts";

/** Asks the host for what a person wants, or says why not. A question that was open before is over. */
export function takePersonAsk(host: HostState, ask: PersonAsk, scene: HostScene): HostChange {
  const { action, by, requestId, service: name } = ask;
  const service = namedAt(host.services, name) ?? unreportedService(name);
  const refusal = refusalOf(host, service, { ask, scene });
  if (refusal !== null)
    return { host, effects: [tellRefused(host, service, { requestId, by, refusal, scene })] };
  const proposal = {
    requestId,
    requestedAt: scene.now,
    boundTo: null,
    action,
    unattended: false,
    askedBy: by,
    why: askReasonOf(by.why),
  };
  return {
    host: { ...host, services: withNamed(host.services, name, { ...service, proposal }) },
    effects: joinEffects(endOther(host, service, scene), [sendPropose(host, service, proposal)]),
  };
}

/** Tells that a person's question came to nothing before the host answered it; the ladder's own is put again, and says nothing. */
export function endUnanswered(
  host: HostState,
  service: ServiceState,
  end: { readonly refusal: AskRefusal; readonly scene: Pick<HostScene, "now"> },
): readonly EffectDraft[] {
  const { proposal } = service;
  if (proposal?.askedBy === undefined || proposal.boundTo !== null) return NO_EFFECTS;
  const { askedBy: by, requestId } = proposal;
  return [tellRefused(host, service, { requestId, by, ...end })];
}

function refusalOf(
  host: HostState,
  service: ServiceState,
  { ask, scene }: { readonly ask: PersonAsk; readonly scene: HostScene },
): AskRefusal | null {
  const { connection, liveness, unheard } = host;
  const { action } = ask;
  if (scene.now >= ask.untilAt) return { reason: "asked-too-late" };
  if (liveness !== "up" || connection === null || unheard !== null)
    return { reason: "host-not-up", liveness };
  if (isOfVersion1(host)) return { reason: "install-again" };
  const entry = connection.catalogue.find((candidate) => candidate.service === service.service);
  if (!(entry?.actions ?? []).some((offered) => offered.action === action))
    return { reason: "action-unknown", action };
  const ceiling = automationCeilingOf(host, service, { ...scene, action });
  if (ceiling?.reason === "frozen") return ceiling;
  if (isGranted(service.service, scene) || service.verification !== null) return { reason: "under-way" };
  return null;
}

function endOther(host: HostState, service: ServiceState, scene: HostScene): readonly EffectDraft[] {
  const { proposal } = service;
  const end = { reason: "asked-otherwise" } as const;
  if (proposal === null) return NO_EFFECTS;
  if (proposal.boundTo === null) return endUnanswered(host, service, { refusal: end, scene });
  const subject = subjectOf(host, service.service);
  return [signalEffect({ kind: "superseded", happenedAt: scene.now, subject, end })];
}

function tellRefused(
  host: HostState,
  service: ServiceState,
  refused: {
    readonly requestId: string;
    readonly by: PersonAsk["by"];
    readonly refusal: AskRefusal;
    readonly scene: Pick<HostScene, "now">;
  },
): EffectDraft {
  const { by: askedBy, refusal, requestId, scene } = refused;
  return signalEffect({
    kind: "proposal-refused",
    happenedAt: scene.now,
    subject: subjectOf(host, service.service),
    requestId,
    refusal,
    reason: remedyReasonOf(service),
    askedBy,
  });
}
