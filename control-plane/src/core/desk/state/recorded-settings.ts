// What people set for a time, as `countersign replay --recorded` is given it beside the events of shards. Pure types.
import type { Silence } from "../records/silence.ts";
import type { StandingApproval } from "../records/standing-approval.ts";

/** What people set for a time, and that covered some of the time that is asked for; without seals. */
export interface RecordedSettings {
  readonly silences: readonly Kept<Silence>[];
  readonly standing: readonly Kept<Omit<StandingApproval, "signed">>[];
  /** null: these are all; else there are more than are handed out */
  readonly tooMany: "silences" | "standing approvals" | null;
}

/** A setting as it is now; `isOver`: its time has come, or a person ended it, and an audit row says when. */
export type Kept<T> = T & { readonly isOver: boolean };
