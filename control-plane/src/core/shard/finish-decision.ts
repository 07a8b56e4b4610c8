// The end of a decision of a shard: signals are numbered and stamped here, once, so that no rule can use a key twice. Pure.
import { namedAt, withNamed } from "@countersign/shared/values/named";
import type { ShardEffect, SignalDraft, EffectDraft } from "../words/effects.ts";
import { plainLine } from "../words/plain-line.ts";
import type { Evidence } from "../words/signal.ts";
import { isHosted } from "../words/subject.ts";
import { shadowOf } from "./host/host-policy.ts";
import type { ShardChange } from "./host/shard-change.ts";
import type { ShardContext, ShardDecision } from "./host/shard-events.ts";
import type { HostState, ShardState } from "./host/shard-state.ts";

/** Numbers and stamps the signals. */
export function finishShard({ state, effects }: ShardChange, context: ShardContext): ShardDecision {
  const numbered = numberSignals(effects, state, {
    context,
    hostOf: (hostId) => state.hosts.get(hostId),
  });
  const { nextSequence } = numbered;
  const sent = markSent(state, effects);
  const finished = nextSequence === sent.nextSequence ? sent : { ...sent, nextSequence };
  return {
    state: finished,
    effects: numbered.effects,
  };
}

// From here on the host may have these grants, whatever becomes of the socket.
function markSent(state: ShardState, effects: readonly EffectDraft[]): ShardState {
  let { grants } = state;
  for (const effect of effects) {
    if (effect.kind !== "send" || effect.message.type !== "grant") continue;
    const grant = namedAt(grants, effect.message.grantId);
    if (grant?.isUnsent === undefined) continue;
    const { isUnsent: _sent, ...held } = grant;
    grants = withNamed(grants, held.grantId, held);
  }
  return grants === state.grants ? state : { ...state, grants };
}

function numberSignals(
  effects: readonly EffectDraft[],
  from: Pick<ShardState, "shard" | "epoch" | "nextSequence">,
  scene: {
    readonly context: ShardContext;
    readonly hostOf: (hostId: string) => HostState | undefined;
  },
): { readonly effects: readonly ShardEffect[]; readonly nextSequence: number } {
  let { nextSequence } = from;
  if (effects.length === 0) return { effects: [], nextSequence };
  const numbered = effects.map((effect): ShardEffect => {
    if (effect.kind !== "signal") return effect;
    const key = `${from.shard}:${from.epoch}:${nextSequence}`;
    nextSequence += 1;
    const signal = inPlainLines(markProposal(markShadow(effect.signal, scene), scene));
    return { kind: "signal", signal: { ...signal, key, noticedAt: scene.context.now } };
  });
  return { effects: numbered, nextSequence };
}

// Names and texts come from hosts.
function inPlainLines(signal: SignalDraft): SignalDraft {
  switch (signal.kind) {
    case "firing":
      return { ...signal, title: plainLine(signal.title), evidence: signal.evidence.map(asPlainLine) };
    case "cleared":
    case "verification":
      return { ...signal, evidence: signal.evidence.map(asPlainLine) };
    case "note":
      return { ...signal, text: plainLine(signal.text) };
    case "unreadable":
      return { ...signal, problem: plainLine(signal.problem) };
    case "proposed":
    case "proposal-refused":
    case "superseded":
    case "outcome":
    case "grant-recalled":
    case "census":
      return signal;
  }
}

function asPlainLine({ at, text }: Evidence): Evidence {
  return { at, text: plainLine(text) };
}

// What fires together with a question to the host says so: the first page waits for the answer.
function markProposal(signal: SignalDraft, scene: Parameters<typeof numberSignals>[2]): SignalDraft {
  if (signal.kind !== "firing" || signal.proposalRequestId !== null) return signal;
  const { subject } = signal;
  if (subject.kind !== "service") return signal;
  const service = namedAt(scene.hostOf(subject.hostId)?.services, subject.service);
  const { proposal = null, ladder } = service ?? {};
  const isAsked = proposal?.requestedAt === scene.context.now && ladder?.askedFor === signal.reason;
  return isAsked ? { ...signal, proposalRequestId: proposal.requestId } : signal;
}

function markShadow(signal: SignalDraft, scene: Parameters<typeof numberSignals>[2]): SignalDraft {
  if (signal.kind !== "firing") return signal;
  const { context, hostOf } = scene;
  const { subject } = signal;
  const shadow = shadowOf(context.policy, isHosted(subject) ? hostOf(subject.hostId) : undefined, signal);
  return shadow === undefined ? signal : { ...signal, shadow };
}
