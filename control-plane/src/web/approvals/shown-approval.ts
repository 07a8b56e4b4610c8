// What every view of an approval is made of: the record, what stands around it, and how service and host are at this moment,
// as their shard has just said. Pure. What a reader would get wrong: no word is no good news. A shard that does not answer,
// a host that is not up, a service that it does not remember: nothing is known.
import { namedAt } from "@countersign/shared/values/named";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import type { CannotRun } from "../../core/desk/state/cannot-run.ts";
import { isWell } from "../../core/shard/host/services.ts";
import type { HostState, Liveness, ServiceState } from "../../core/shard/host/shard-state.ts";
import type { HostWords } from "../../core/shard/kept/told-words.ts";
import type { Frame } from "../frame/layout.tsx";
import type { Signing } from "./signing/who-must-sign.ts";
import type { Readers } from "./who.ts";

export interface ShownApproval {
  readonly frame: Frame;
  readonly approval: Approval;
  readonly incident: Incident;
  /** what it is for; null: that cannot be read */
  readonly finding: Finding | null;
  /** the proposal of the same question that the person came from; null: none */
  readonly older: Approval | null;
  /** what was decided about the same service, whichever incident it belonged to, newest first */
  readonly earlier: readonly Approval[];
  /** why it could not run now, as the desk knows it */
  readonly cannotRun: CannotRun | null;
  /** as its shard knows service and host at this moment */
  readonly health: HealthNow;
  /** what its log said last; null: its host is gone */
  readonly lastWords: HostWords | null;
  readonly readers: Readers;
  /** who must sign it by passkey, and what its reader can do about it; null: nobody has to */
  readonly signing: Signing | null;
  /** who may say yes, by the policy */
  readonly mayApprove: readonly string[];
  /** what the passkeys of the fleet's list are called, by their ids */
  readonly passkeyNames: ReadonlyMap<string, string>;
  /** how long it must stay well before it counts */
  readonly stabilityMs: number;
  /** how long the host may take a yes */
  readonly grantValidMs: number;
  /** how long nobody is paged once somebody has answered or taken it */
  readonly takenForMs: number;
}

/** Whether a host's shard was asked, and what it said; `gone`: the desk knows no such host any more. */
export type HostAnswer =
  | { readonly kind: "known"; readonly host: HostState }
  | { readonly kind: "silent" | "gone" | "new" };

export interface HealthNow {
  /** null: it is not known */
  readonly liveness: Liveness | null;
  readonly answer: HostAnswer["kind"];
  /** when it was last heard; null: it is not known */
  readonly heardAt: number | null;
  /** it connects, and is not understood */
  readonly isUnheard: boolean;
  /** null: nothing of it is remembered, or nothing is known */
  readonly service: ServiceState | null;
  /** null: not known */
  readonly isWell: boolean | null;
}

/** What is known of a service. */
export function healthNow(answer: HostAnswer, service: string): HealthNow {
  if (answer.kind !== "known")
    return {
      liveness: null,
      answer: answer.kind,
      heardAt: null,
      isUnheard: false,
      service: null,
      isWell: null,
    };
  const { lastSeenAt, liveness, services, unheard } = answer.host;
  const found = namedAt(services, service) ?? null;
  const isKnown = liveness === "up" && found !== null && found.reportedAt > 0;
  const isUnheard = unheard !== null;
  return {
    liveness,
    answer: "known",
    heardAt: lastSeenAt === 0 ? null : lastSeenAt,
    isUnheard,
    service: found,
    isWell: isKnown ? isWell(found) : null,
  };
}
