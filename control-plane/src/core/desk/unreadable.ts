// Stored records that cannot be read, or that no decision can be made with: one such record costs only itself, is kept aside as it was
// found, and is told to people until one of them has dealt with it. Pure.
// What a reader would get wrong: where the record is missing from the state, the state must already be on the safe side. A silence that is
// gone is over, an approval that is gone cannot be used, a standing approval that is gone covers nothing; only the brake would let go, so
// a freeze that cannot be read holds the whole fleet.
import { ok, refuse } from "@countersign/shared/values/result";
import type { Severity } from "@countersign/shared/wire/service-report";
import { byPart, byRule } from "../words/actor.ts";
import type { Signal } from "../words/signal.ts";
import { FLEET, partSubject } from "../words/subject.ts";
import { type FoundRecord, type RecordKind } from "../words/unreadable-record.ts";
import { setFreeze } from "./approvals/freezes.ts";
import { recallAnew } from "./approvals/recalls.ts";
import { addAudit, type AnsweredChange, type DeskChange } from "./state/desk-change.ts";
import type { DeskContext, DeskEvent } from "./state/desk-events.ts";
import type { UnreadableRecord } from "./state/desk-state.ts";

/** Records that people are told of at once; more are audited, and kept where they were found. */
export const UNREADABLE_MAX = 500;

/** What a kind of record is called, how grave its loss is, and what is so now. */
interface KindWords {
  readonly name: string;
  readonly severity: Severity;
  readonly meaning: string;
}

/** What the loss of one record of a kind means. */
export function meaningOf(kind: RecordKind): KindWords {
  switch (kind) {
    case "freeze":
      return critical("freeze", "the whole fleet is frozen in its place");
    case "freeze-word":
      return critical(
        "word about a freeze",
        "the whole fleet is frozen, and what was recalled is recalled anew",
      );
    case "incident":
      return critical("incident", "it pages nobody any more: look whether its trouble goes on");
    case "page":
      return critical("page", "it may not have reached its person");
    case "host":
      return critical(
        "host's state",
        "the host is watched by its key; what its services were going through is forgotten",
      );
    case "shard-state":
      return critical("shard's state", "what it knew of gaps and of its fleet is forgotten");
    case "signal":
      return critical("signal of a shard", "what it told is not known here");
    case "event":
      return critical("event of a host", "it was dropped, and the host is as it was before it");
    case "policy":
      return critical("policy", "an older one is in force");
    case "deadline":
      return critical("deadline", "it is looked at again every few seconds");
    case "approval":
      return error("approval", "it cannot be used; the host is asked anew when it still fails");
    case "grant":
      return error("grant", "it is not sent to its host");
    case "silence":
      return warning("silence", "it is over");
    case "standing":
      return warning("standing approval", "it covers nothing");
    case "route":
      return warning("finding about a channel", "the channel is looked at again");
    case "shard":
      return warning("finding about a shard", "the shard is looked at again");
    case "shadow":
    case "shadow-count":
      return warning("finding in shadow", "it is not counted");
    case "unreadable":
      return warning("note of an unreadable record", "what it was about is in the audit");
    case "projection":
      return warning("row for the read side", "lists and history do not show it");
    case "history":
      return warning("record of what is over", "lists, links and replays lack it");
    case "catalogue":
      return warning("host's catalogue", "nothing is proposed until the host connects again");
    case "socket":
      return warning("socket's memory", "the host was asked to connect again");
  }
}

/** Takes in what an actor found; what is known already changes nothing. */
export function takeUnreadable(
  change: DeskChange,
  context: DeskContext,
  found: readonly FoundRecord[],
): DeskChange {
  return found.reduce((before, record) => takeRecord(before, context, record), change);
}

/** Somebody has dealt with a record: it is told no longer. Its raw text stays where it was put aside. */
export function discardRecord(
  change: DeskChange,
  context: DeskContext,
  { recordKey, by }: Extract<DeskEvent, { kind: "discard-record" }>,
): AnsweredChange {
  const known = change.state.unreadable.get(recordKey);
  if (known === undefined) return { change, answer: refuse({ reason: "finding-unknown" }) };
  const unreadable = change.state.unreadable.without(recordKey);
  const discarded = addAudit({ ...change, state: { ...change.state, unreadable } }, context, {
    actor: by,
    act: "record-discarded",
    refs: [{ kind: "record", recordKey }],
    why: `The ${meaningOf(known.kind).name} is dealt with.`,
  });
  return { change: discarded, answer: ok(null) };
}

/** What a shard's word says was found. */
export function foundOf(signal: Extract<Signal, { kind: "unreadable" }>): FoundRecord {
  const { id, part, problem, record, subject } = signal;
  return { part, kind: record, id, problem, ...(subject === undefined ? {} : { subject }) };
}

function takeRecord(change: DeskChange, context: DeskContext, found: FoundRecord): DeskChange {
  const recordKey = `${found.part}/${found.kind}/${found.id}`;
  const { unreadable } = change.state;
  if (unreadable.has(recordKey)) return change;
  const { name, meaning } = meaningOf(found.kind);
  const audited = addAudit(change, context, {
    actor: byPart(found.part),
    act: "record-unreadable",
    refs: [{ kind: "record", recordKey }],
    why: `A ${name} could not be read (${found.problem}): ${meaning}.`,
  });
  const held = holdsFleet(found.kind) ? freezeFleet(audited, context, name) : audited;
  if (unreadable.ids().length >= UNREADABLE_MAX) return held;
  const record: UnreadableRecord = {
    recordKey,
    kind: found.kind,
    id: found.id,
    subject: found.subject ?? partSubject(found.part),
    problem: found.problem,
    at: context.now,
  };
  return { ...held, state: { ...held.state, unreadable: unreadable.with(recordKey, record) } };
}

function holdsFleet(kind: RecordKind): boolean {
  return kind === "freeze" || kind === "freeze-word";
}

function freezeFleet(change: DeskChange, context: DeskContext, name: string): DeskChange {
  const by = byRule("record-unreadable");
  return recallAnew(
    setFreeze(change, context, { scope: FLEET, by, why: `A ${name} could not be read.` }),
    context,
  );
}

function critical(name: string, meaning: string): KindWords {
  return { name, severity: "critical", meaning };
}

function error(name: string, meaning: string): KindWords {
  return { name, severity: "error", meaning };
}

function warning(name: string, meaning: string): KindWords {
  return { name, severity: "warning", meaning };
}
