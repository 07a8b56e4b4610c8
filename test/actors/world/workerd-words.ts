// What people of a story do, in calls of the real desk.
import { ok } from "@countersign/shared/values/result";
import type { DeskEvent } from "../../../control-plane/src/core/desk/state/desk-events.ts";
import type { IncidentDesk } from "../../../control-plane/src/platform/desk/incident-desk.ts";
import { desk } from "./fleet.ts";

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
