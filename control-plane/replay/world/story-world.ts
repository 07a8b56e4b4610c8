// What the events of an incident file need of the world that they happen in. A replay's world is one; the differential test gives them
// another, whose shards and desk are real actors in workerd.
import type { DeskState } from "../../src/core/desk/state/desk-state.ts";
import type { MemoryDesk } from "./memory-desk.ts";
import type { ReplayWorld } from "./replay-world.ts";
import type { StandingAnswers } from "./standing-answers.ts";

/** The desk as events and people meet it. */
interface StoryDesk extends Pick<MemoryDesk, "channels" | "take"> {
  readonly state: Pick<DeskState, "approvals" | "findings" | "incidents" | "shadow">;
}

/** The world that events happen in. */
export interface StoryWorld extends Pick<
  ReplayWorld,
  | "applyPolicy"
  | "clock"
  | "codeChangedAt"
  | "controlPlaneStarts"
  | "controlPlaneStops"
  | "hosts"
  | "livenessOf"
  | "record"
  | "refuse"
  | "tell"
> {
  readonly desk: StoryDesk;
  readonly answers: Pick<StandingAnswers, "set">;
}
