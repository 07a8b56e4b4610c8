// What simulated hosts and people say, in the words of the real thing: frames of the protocol, calls of the desk.
import { ok } from "@countersign/shared/values/result";
import type { DeskEvent } from "../../../control-plane/src/core/desk/state/desk-events.ts";
import type { ShardEvent } from "../../../control-plane/src/core/shard/host/shard-events.ts";
import type { IncidentDesk } from "../../../control-plane/src/platform/desk/incident-desk.ts";
import { desk } from "./fleet.ts";

/** The frame, less its version, that says what a simulated host tells its shard. */
export function messageOf(event: ShardEvent, sentAt: number): object {
  switch (event.kind) {
    case "reported":
      return { type: "report", digest: event.digest, sentAt, services: event.services };
    case "facts":
      return { type: "facts", sentAt, facts: event.facts };
    case "proposed":
      return { type: "proposal", requestId: event.requestId, proposal: event.proposal };
    case "proposal-refused": {
      const { refusal, requestId } = event;
      return { type: "proposal-refused", requestId, reason: refusal.code, detail: refusal.detail };
    }
    case "outcome":
      return { type: "outcome", outcome: event.outcome };
    case "leaving":
      return { type: "leaving", reason: event.reason, returnWithinMs: event.returnWithinMs };
    case "woke":
    case "host-enrolled":
    case "host-retired":
    case "connected":
    case "boot-refused":
    case "flooded":
    case "disconnected":
    case "frame-refused":
    case "freeze-pulled":
    case "freeze-lifted":
    case "grant-issued":
    case "second-opinion":
    case "unreadable-found":
    case "sweep":
      throw new Error(`a host does not say "${event.kind}"`);
  }
}

/** What a person is answered. */
export type Answer = Awaited<ReturnType<IncidentDesk["approve"]>>;

/** A person's act on the real desk. */
export async function actOf(event: DeskEvent): Promise<Answer> {
  switch (event.kind) {
    case "approval-seen":
      await desk().markSeen(event.approvalId, event.by);
      return ok(null);
    case "approve":
      return desk().approve(event.approvalId, event.by, event.proposalHash);
    case "deny":
      return desk().deny(event.approvalId, event.by);
    case "acknowledge":
      return desk().acknowledge(event.incidentId, event.by);
    case "freeze":
      return desk().freeze(event.scope, event.by, event.why);
    case "lift-freeze":
      return desk().liftFreeze(event.scope, event.by, event.why);
    case "silence":
      return desk().silence(event);
    case "signal":
    case "signals":
    case "tick":
    case "page-attempted":
    case "mark-false-alarm":
    case "give-standing":
    case "revoke-standing":
    case "end-silence":
    case "responder-left":
    case "host-retired":
    case "retire-repeated":
    case "route-checked":
    case "shards-watched":
    case "shard-heard":
    case "unreadable-found":
    case "discard-record":
    case "grant-delivered":
      throw new Error(`no person does "${event.kind}" in a story`);
  }
}
