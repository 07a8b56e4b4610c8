// The small shapes with which the shard's core is put together: a step is a new state and what must be done, in order.
// Signals have no key before the end of a decision; `finishStep` numbers them there, once, so that no rule can use a key twice.
// Pure.
import { namedAt, valuesOf, withNamed } from "@countersign/shared/values/named";
import { plainLine } from "../../words/plain-line.ts";
import type { FactBook } from "../../facts/fact-book.ts";
import { shardAlarmAt } from "../shard-alarm.ts";
import { policyOf, shadowOf } from "./host-policy.ts";
import type { HostDecision, ShardContext, ShardDecision, ShardEffect } from "./shard-events.ts";
import type { HostState, PendingGrant, ServiceState, SharedState, ShardState } from "./shard-state.ts";
import type { Evidence, Signal, Subject } from "../../words/signal.ts";

type WithoutKey<S> = S extends Signal ? Omit<S, "key" | "noticedAt"> : never;

/** Nothing to be done: one value for all, because most steps of most decisions have none. */
export const NO_EFFECTS: readonly StepEffect[] = [];

/** A signal before it is numbered and stamped. */
export type SignalDraft = WithoutKey<Signal>;

/** An effect before its signal is numbered. */
export type StepEffect =
  | { readonly kind: "signal"; readonly signal: SignalDraft }
  | Exclude<ShardEffect, { readonly kind: "signal" }>;

const NO_DECIDED: readonly ShardEffect[] = [];
const NO_GRANTS: readonly PendingGrant[] = [];

export interface ShardStep {
  readonly state: ShardState;
  readonly effects: readonly StepEffect[];
}

/** A step of one host and of what it shares with the others. */
export interface HostTurn extends HostStep {
  readonly shared: SharedState;
}

export interface HostStep {
  readonly host: HostState;
  readonly effects: readonly StepEffect[];
}

export interface ServiceStep {
  readonly service: ServiceState;
  readonly effects: readonly StepEffect[];
}

/** What the rules of one host may look at beside the host: time, policy, and what the shard knows about it. */
export interface HostScene extends ShardContext {
  readonly graceUntilAt: number;
  /** this host's grants, those past their expiry included until a sweep drops them */
  readonly grants: readonly PendingGrant[];
  /** what fires for the whole shard holds automation back on its hosts too */
  readonly shardBook: FactBook;
}

/** The scene of one host. */
export function sceneOf(state: ShardState, hostId: string, context: ShardContext): HostScene {
  return sceneOfHost(namedAt(state.hosts, hostId), state, { hostId, context });
}

/** The scene of one host where the host is at hand; undefined: it was never enrolled. */
export function sceneOfHost(
  host: HostState | undefined,
  { grants, graceUntilAt, book }: SharedState,
  { hostId, context }: { readonly hostId: string; readonly context: ShardContext },
): HostScene {
  const { now, newId } = context;
  const policy = host === undefined ? context.policy : policyOf(context.policy, host);
  return { now, policy, newId, graceUntilAt, grants: grantsOf(grants, hostId), shardBook: book };
}

function grantsOf(grants: ShardState["grants"], hostId: string): readonly PendingGrant[] {
  for (const _grantId in grants) return valuesOf(grants).filter((grant) => grant.hostId === hostId);
  return NO_GRANTS;
}

/** Says whether a grant that holds may be running on the service. */
export function isGranted(service: string, { grants, now }: Pick<HostScene, "grants" | "now">): boolean {
  return grants.some(
    (grant) => grant.service === service && grant.expiresAt > now && !isRecalledInTime(grant),
  );
}

/** A freeze recalled it before it was sent: it never runs. */
export function isRecalledInTime({ isRecalled, isUnsent }: PendingGrant): boolean {
  return isRecalled === true && isUnsent === true;
}

/** Effects in order, the very same list when there is nothing to join. */
export function joinEffects(
  before: readonly StepEffect[],
  after: readonly StepEffect[],
): readonly StepEffect[] {
  if (after.length === 0) return before;
  return before.length === 0 ? after : [...before, ...after];
}

/** One host step after the other, with all their effects in order. */
export function chainHost(host: HostState, ...steps: readonly ((host: HostState) => HostStep)[]): HostStep {
  let done: HostStep = { host, effects: NO_EFFECTS };
  for (const step of steps) {
    const next = step(done.host);
    done = { host: next.host, effects: joinEffects(done.effects, next.effects) };
  }
  return done;
}

/** A service's next step after those that are done. */
export function thenService(done: ServiceStep, next: ServiceStep): ServiceStep {
  return done.effects.length === 0
    ? next
    : { service: next.service, effects: joinEffects(done.effects, next.effects) };
}

export function signalEffect(signal: SignalDraft): StepEffect {
  return { kind: "signal", signal };
}

/** Who a signal is about; without a service, the host itself. */
export function subjectOf(host: HostState, service: string | null = null): Subject {
  return { hostId: host.hostId, hostName: host.name, service };
}

/** A line for history and audit. */
export function noteEffect(subject: Subject | null, happenedAt: number, text: string): StepEffect {
  return signalEffect({ kind: "note", subject, happenedAt, text });
}

/** The host's next step within its turn. */
export function turnHost(turn: HostTurn, step: (host: HostState) => HostStep): HostTurn {
  const { host, effects } = step(turn.host);
  if (host === turn.host && effects.length === 0) return turn;
  return { host, shared: turn.shared, effects: joinEffects(turn.effects, effects) };
}

/** Numbers and stamps the signals, and says when the alarm must ring next. */
export function finishStep({ state, effects }: ShardStep, context: ShardContext): ShardDecision {
  const numbered = numberSignals(effects, state, {
    context,
    hostOf: (hostId) => namedAt(state.hosts, hostId),
  });
  const { nextSequence } = numbered;
  const sent = markSent(state, effects);
  const finished = nextSequence === sent.nextSequence ? sent : { ...sent, nextSequence };
  return { state: finished, effects: numbered.effects, alarmAt: shardAlarmAt(finished, context) };
}

/** Numbers and stamps the signals of one host's turn. */
export function finishTurn({ host, shared, effects }: HostTurn, context: ShardContext): HostDecision {
  if (effects.length === 0) return { host, shared, effects: NO_DECIDED };
  const numbered = numberSignals(effects, shared, { context, hostOf: () => host });
  return {
    host,
    shared: { ...markSent(shared, effects), nextSequence: numbered.nextSequence },
    effects: numbered.effects,
  };
}

/** From here on the host may have these grants, whatever becomes of the socket. */
function markSent<State extends SharedState>(state: State, effects: readonly StepEffect[]): State {
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
  effects: readonly StepEffect[],
  from: Pick<SharedState, "shard" | "epoch" | "nextSequence">,
  scene: {
    readonly context: ShardContext;
    readonly hostOf: (hostId: string) => HostState | undefined;
  },
): { readonly effects: readonly ShardEffect[]; readonly nextSequence: number } {
  let { nextSequence } = from;
  if (effects.length === 0) return { effects: NO_DECIDED, nextSequence };
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
      return signal;
  }
}

function asPlainLine({ at, text }: Evidence): Evidence {
  return { at, text: plainLine(text) };
}

// What fires together with a question to the host says so: the first page waits for the answer.
function markProposal(signal: SignalDraft, scene: Parameters<typeof numberSignals>[2]): SignalDraft {
  if (signal.kind !== "firing" || signal.proposalRequestId !== null || signal.subject.service === null)
    return signal;
  const service = namedAt(scene.hostOf(signal.subject.hostId)?.services, signal.subject.service);
  const { proposal = null, ladder } = service ?? {};
  const isAsked = proposal?.requestedAt === scene.context.now && ladder?.askedFor === signal.reason;
  return isAsked ? { ...signal, proposalRequestId: proposal.requestId } : signal;
}

function markShadow(signal: SignalDraft, scene: Parameters<typeof numberSignals>[2]): SignalDraft {
  if (signal.kind !== "firing") return signal;
  const { context, hostOf } = scene;
  const shadow = shadowOf(context.policy, hostOf(signal.subject.hostId), signal);
  return shadow === undefined ? signal : { ...signal, shadow };
}
