// What people of a story do, in calls of the real desk.
import { assert } from "@countersign/shared/values/result";
import type { PersonAct } from "../../../control-plane/src/core/desk/acts/act-list.ts";
import type { DeskEvent } from "../../../control-plane/src/core/desk/desk-event.ts";
import type { IncidentDesk } from "../../../control-plane/src/platform/desk/incident-desk.ts";
import { desk } from "./fleet.ts";

/** What a person is answered. */
export type Answer = Awaited<ReturnType<IncidentDesk["act"]>>;

const DEVICE_ID = "dev_of-the-story";

/** A responder's act on the real desk. */
export function actsOn(responder: string, act: PersonAct): Promise<Answer> {
  return desk().act({ act, by: { kind: "person", responder, deviceId: DEVICE_ID } });
}

/** A person's act on the real desk, as a story has it. */
export async function actOf(event: DeskEvent): Promise<Answer> {
  assert(event.kind === "act" && event.by.kind === "person", "in a story people act, and nobody else");
  const { act, by } = event;
  assert(act.kind !== "give-standing", "a yes in advance takes a device that signs it");
  return actsOn(by.responder, act);
}
