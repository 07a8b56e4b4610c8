// What people of a story do, in calls of the real desk.
import { assert } from "@countersign/shared/values/result";
import type { SoftwareAuthenticator } from "../../../control-plane/embedded/story/authenticator.ts";
import type { PersonAct } from "../../../control-plane/src/core/desk/acts/act-list.ts";
import type { DeskEvent } from "../../../control-plane/src/core/desk/desk-event.ts";
import type { IncidentDesk } from "../../../control-plane/src/platform/desk/incident-desk.ts";
import { desk } from "./fleet.ts";
import { signatureOver } from "./passkeys.ts";

/** What a person is answered. */
export type Answer = Awaited<ReturnType<IncidentDesk["act"]>>;

const DEVICE_ID = "dev_of-the-story";

/** A responder's act on the real desk. */
export function actsOn(responder: string, act: PersonAct): Promise<Answer> {
  return desk().act({ act, by: personAt(responder) });
}

/**
 * A person's act on the real desk, as a story has it. What stands in for a signature there is left behind: a yes is signed by this passkey, over
 * the bytes that lie open at this moment.
 */
export async function actOf(event: DeskEvent, own: SoftwareAuthenticator | null): Promise<Answer> {
  assert(event.kind === "act" && event.by.kind === "person", "in a story people act, and nobody else");
  const { act, by } = event;
  assert(act.kind !== "give-standing", "a yes in advance takes a device that signs it");
  if (act.kind !== "approve") return actsOn(by.responder, act);
  const { approvalId, kind, proposalHash } = act;
  const shown = await desk().approval(approvalId);
  assert(own !== null && shown !== null, "who says yes has a passkey, and something to sign");
  const gesture = await signatureOver(shown.approval, own);
  return desk().act({ act: { kind, approvalId, proposalHash }, by: personAt(by.responder), gesture });
}

function personAt(responder: string) {
  return { kind: "person", responder, deviceId: DEVICE_ID } as const;
}
