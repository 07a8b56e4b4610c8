// What a rule in shadow found. All that fires is kept, and the newest that are over.
import type { Actor } from "../../words/actor.ts";
import type { Signal } from "../../words/signal.ts";
import type { DeskRecord } from "./desk-record.ts";

/** Findings that are over and still shown, the newest; what fires is kept whatever its number. */
export const SHADOW_ENDED_MAX = 200;

/** Something that a rule in shadow found: it would have paged. */
export interface ShadowFinding {
  /** `REASON:NAME:INSTANT` */
  readonly findingId: string;
  /** as last reported */
  readonly signal: Extract<Signal, { kind: "firing" }>;
  /** the action that would have been proposed since it began; null: none */
  readonly wouldPropose: string | null;
  readonly firedAt: number;
  /** null: it fires still */
  readonly endedAt: number | null;
  /** the person who said that it was nothing; null: nobody did */
  readonly falseAlarmBy: Actor | null;
}

export const shadowFindingRecord: DeskRecord<ShadowFinding, "shadow"> = {
  kind: "shadow",
  keyOf: ({ findingId }) => findingId,
  whenOver: "forgotten",
  unreadable: { name: "finding in shadow", severity: "warning", meaning: "it is not counted" },
};
