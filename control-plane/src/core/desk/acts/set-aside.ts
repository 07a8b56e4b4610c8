// Somebody looks after one host of a silent fleet apart from the others: it no longer holds the fleet's incident open, and its silence is a
// trouble of its own from here on. Pure. What a reader would get wrong: it silences nothing and lifts nothing.
import { ok, refuse } from "@countersign/shared/values/result";
import type { Admin, Person } from "../../words/actor.ts";
import { hostSubject } from "../../words/subject.ts";
import { addAudit } from "../state/desk-change.ts";
import { isHolding } from "../state/silent-fleet.ts";
import type { DeskAct } from "./desk-act.ts";

export interface SetAside {
  readonly kind: "set-aside";
  readonly hostId: string;
  readonly why: string;
}

export const setAside: DeskAct<SetAside, Person | Admin> = {
  kind: "set-aside",
  who: "admin-too",
  needs: "answer",
  refused: "set-aside-refused",
  about: ({ fleetHosts }, { hostId }) => [
    { kind: "subject", subject: hostSubject(hostId, fleetHosts.get(hostId)?.hostName ?? hostId) },
  ],
  decide(change, context, { act: { hostId, why }, by }) {
    const host = change.state.fleetHosts.get(hostId);
    if (host === undefined || !isHolding(host)) return refuse({ reason: "host-not-listed" });
    if (why.trim() === "") return refuse({ reason: "reason-missing" });
    const aside = { ...host, setAside: { at: context.now, by, why } };
    const fleetHosts = change.state.fleetHosts.with(hostId, aside);
    return ok(
      addAudit({ ...change, state: { ...change.state, fleetHosts } }, context, {
        actor: by,
        act: "host-set-aside",
        refs: [{ kind: "subject", subject: hostSubject(hostId, host.hostName) }],
        why,
      }),
    );
  },
};
