// What the desk does around an act of a person before it is decided: whatever is not pure stands here, and nowhere else. What a passkey has
// signed is verified, a yes in advance is looked up in the archive too, a host that is to be asked is found, one that is retired is found and
// loses its key in the same storage step. Every other act is ready as it comes: one that is not does not compile.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { ReadyAct } from "../../core/desk/acts/act-list.ts";
import type { DeskEvent } from "../../core/desk/desk-event.ts";
import type { ActRefusal } from "../../core/desk/state/desk-events.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import { byPerson } from "../../core/words/actor.ts";
import type { ActCall } from "../rpc.ts";
import type { DeskApprovers } from "./approvers/desk-approvers.ts";
import type { DeskTrust } from "./approvers/desk-trust.ts";
import type { DeskArchive } from "./desk-archive.ts";
import type { DeskHosts } from "./desk-hosts.ts";
import { readyApprove, readyStanding } from "./signed-acts.ts";

/** Where it is looked up. */
interface Known {
  readonly archive: Pick<DeskArchive, "standing">;
  readonly hosts: Pick<DeskHosts, "find" | "isRetired" | "retire">;
  readonly state: DeskState;
  readonly trust: Pick<DeskTrust, "signers">;
  readonly approvers: Pick<DeskApprovers, "noteUse">;
}

/** What the shell takes. */
interface Readied {
  readonly event: DeskEvent;
  /** what is written in the storage step of the decision */
  readonly alsoWrite: () => void;
}

type Ready = Result<{ readonly act: ReadyAct; readonly alsoWrite?: () => void }, ActRefusal>;

/** Makes an act ready to be decided, or says why it cannot be. */
export async function readyAct(
  call: ActCall,
  known: Known,
  now: number,
): Promise<Result<Readied, ActRefusal>> {
  const { by } = call;
  const ready = await madeReady(call, known, now);
  if (!ready.ok) return ready;
  const { alsoWrite = () => {}, act: decided } = ready.value;
  const who = by.kind === "person" ? byPerson(by.responder) : by;
  return ok({ event: { kind: "act", act: decided, by: who }, alsoWrite });
}

async function madeReady(
  { act, by: doer, gesture }: ActCall,
  { approvers, archive, hosts, state, trust }: Known,
  now: number,
): Promise<Ready> {
  if (act.kind === "approve") {
    const at = { state, signers: trust.signers(), now };
    const signed = await readyApprove(act, { doer, gesture }, at);
    if (signed.signature === undefined) return ok({ act: signed });
    const { assertion } = signed.signature;
    return ok({ act: signed, alsoWrite: () => approvers.noteUse(assertion, "approval", now) });
  }
  if (act.kind === "give-standing") {
    const signed = await readyStanding(act, { doer, gesture }, { signers: trust.signers(), now });
    // One that was given and is over is not in the state any more, only in the store.
    const isUsed = signed.ok && archive.standing(signed.value.standingId) !== null;
    if (isUsed) return refuse({ reason: "standing-used" });
    if (!signed.ok) return signed;
    const { assertion } = signed.value.signed;
    return ok({ act: signed.value, alsoWrite: () => approvers.noteUse(assertion, "standing", now) });
  }
  if (act.kind === "ask-for") {
    const host = hosts.find(act.hostId);
    return host === null ? refuse({ reason: "host-unknown" }) : ok({ act: { ...act, hostName: host.name } });
  }
  if (act.kind === "retire-host") {
    const { hostId } = act;
    if (hosts.isRetired(hostId)) return ok({ act: { ...act, hostName: null } });
    const host = hosts.find(hostId);
    if (host === null) return refuse({ reason: "host-unknown" });
    return ok({ act: { ...act, hostName: host.name }, alsoWrite: () => hosts.retire(hostId) });
  }
  return ok({ act });
}
