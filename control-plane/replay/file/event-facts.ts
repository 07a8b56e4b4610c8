// Which fact an event of an incident file states, as the host would report it. Pure: what needs memory (counters, the running code)
// comes in with the moment.
import type { Fact } from "@countersign/shared/wire/fact";
import type { PlannedEvent } from "./planned-incident.ts";

export interface FactMoment {
  readonly now: number;
  /** the counter's value before this event */
  readonly counted: number;
  /** since when the service's process runs */
  readonly runningSinceAt: number;
}

/** The fact of an event; null: the event is no fact. */
// oxlint-disable-next-line max-lines-per-function -- one line per word of the format: reading it in two places would be harder
export function factOf(planned: PlannedEvent, moment: FactMoment): Fact | null {
  const { event, verb, service, expiresAt } = planned;
  const base = { at: moment.now, service };
  switch (verb) {
    case "session": {
      const { ends, text } = event.session ?? { ends: "ok" as const, text: "" };
      const startedAt = moment.now - planned.lastedMs;
      return { ...base, kind: "session", startedAt, class: ends === "ok" ? null : ends, detail: text };
    }
    case "work": {
      if (event.work === undefined) return null;
      const { counter, add = 0, total, gain } = event.work;
      const value = total ?? moment.counted + add;
      return { ...base, kind: "work", counter, value, ...(gain === undefined ? {} : { gain }) };
    }
    case "reading": {
      if (event.reading === undefined) return null;
      const { source, ok: isWell, text: detail } = event.reading;
      return { ...base, kind: "reading", source, isWell, detail };
    }
    case "latency":
      return { ...base, kind: "latency", latencyMs: event.latency?.ms ?? 0 };
    case "pressure": {
      if (event.pressure === undefined) return null;
      const { resource, some, full } = event.pressure;
      return { ...base, kind: "pressure", resource, someAvg10: some, fullAvg10: full };
    }
    case "fallback": {
      if (event.fallback === undefined) return null;
      const { name, state } = event.fallback;
      return { ...base, kind: "fallback", fallback: name, isActive: state === "entered" };
    }
    case "credential":
      return event.credential === undefined ? null : credentialOf(event.credential, expiresAt, base);
    case "codeChanged":
      return {
        ...base,
        kind: "code",
        diskChangedAt: moment.now,
        runningSinceAt: moment.runningSinceAt,
      };
    case "unit":
      if (event.unit?.oomKill === undefined) return null;
      return { ...base, kind: "oom-kill", by: event.unit.oomKill };
    case "restart": {
      if (event.restart === undefined) return null;
      const { by, supervisor } = event.restart;
      return { ...base, kind: "restart", by, ...(supervisor === undefined ? {} : { supervisor }) };
    }
    case "credentialUse":
    case "configChanged":
    case "identity":
    case "provider":
    case "privilege":
    case "attempt":
    case "drill":
    case "heartbeat":
    case "log":
      return simpleFactOf({ event, verb }, base);
    case "keepalives":
    case "check":
    case "request":
    case "leaves":
    case "actuator":
    case "approve":
    case "deny":
    case "acknowledge":
    case "answers":
    case "freeze":
    case "unfreeze":
    case "silence":
    case "falseAlarm":
    case "policy":
    case "channel":
    case "controlPlane":
    case "note":
      return null;
  }
}

type Base = Pick<Fact, "at" | "service">;

/** As the agent tells it: of a file that is not there no expiry can be read. */
function credentialOf(
  {
    name,
    file,
    owner,
    target,
    refreshes = false,
    unreadable = false,
  }: NonNullable<PlannedEvent["event"]["credential"]>,
  expiresAt: number | null,
  base: Base,
): Fact {
  const isUnread = unreadable || (file === "missing" && expiresAt === null);
  return {
    ...base,
    kind: "credential",
    credential: name,
    fileKind: file,
    owner,
    linkTarget: target ?? null,
    expiresAt,
    ...(isUnread ? { isExpiryUnread: true as const } : {}),
    ...(refreshes ? { refreshes: true as const } : {}),
  };
}

/** Facts whose words in the file and on the wire are nearly the same. */
function simpleFactOf({ event }: Pick<PlannedEvent, "event" | "verb">, base: Base): Fact | null {
  const { credentialUse, configChanged, identity, provider, privilege, attempt } = event;
  if (credentialUse !== undefined) {
    const { name: credential, accepted: isAccepted, text: detail } = credentialUse;
    return { ...base, kind: "credential-use", credential, isAccepted, detail };
  }
  if (configChanged !== undefined) {
    const { by, path, returned } = configChanged;
    const isReturned = returned === undefined ? {} : { isReturned: returned };
    return { ...base, kind: "config-changed", path, by, ...isReturned };
  }
  if (identity !== undefined)
    return { ...base, kind: "identity", identity: identity.name, holder: identity.holder };
  if (provider !== undefined)
    return {
      ...base,
      kind: "provider",
      provider: provider.name,
      isOk: provider.ok,
      class: provider.class ?? null,
    };
  if (privilege !== undefined) {
    const { action, executable: isExecutable, command } = privilege;
    return { ...base, kind: "privilege", action, isExecutable, command };
  }
  if (attempt !== undefined) {
    const { action, by, outcome, helpful: isHelpful, deniedCommand } = attempt;
    const denied = deniedCommand === undefined ? {} : { deniedCommand };
    return { ...base, kind: "attempt", action, by, outcome, isHelpful, ...denied };
  }
  if (event.drill !== undefined) return { ...base, kind: "drill", path: event.drill.path };
  if (event.heartbeat !== undefined) return { ...base, kind: "heartbeat", source: event.heartbeat.source };
  return event.log === undefined ? null : { ...base, kind: "log", text: event.log.text };
}
