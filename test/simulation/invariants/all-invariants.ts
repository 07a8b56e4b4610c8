// Every promise that a run is held to.
import {
  alarmIsArmed,
  allIsWellInTheEnd,
  everyDecisionHasItsReason,
  healthyHostWritesNoRow,
  sizesAreBounded,
} from "./bounded-and-armed.ts";
import {
  freezeLiftedByPeople,
  noActWithoutGrant,
  noGrantWhileFrozen,
  oneExecutionPerNonce,
  recalledIsNeverRun,
  unattendedIsBounded,
} from "./granted-acts.ts";
import { failureIsHeard, silenceIsHeard } from "./heard-silence.ts";
import type { Invariant } from "./invariant.ts";
import { noPageIsLost } from "./lost-pages.ts";
import { firstsAreNeverHeld } from "./never-held.ts";
import { onePacePerTrouble } from "./one-stream.ts";
import { shadowActsNever } from "./shadow-acts-never.ts";
import { nobodyIsFlooded } from "./storm-numbers.ts";
import { evidenceIsHeard, providerRestartsNothing } from "./told-evidence.ts";
import { readSideLosesNothing } from "./told-read-side.ts";
import {
  acknowledgedStaysQuiet,
  noPageWhileFresherSign,
  noRecoveredWithoutDown,
  oneFindingPerCause,
} from "./true-pages.ts";
import { noFindingIsLost, nothingIsOverTooSoon } from "./whole-incidents.ts";

/** New ones for each run: they keep records. */
export function allInvariants(): readonly Invariant[] {
  return [
    noActWithoutGrant(),
    oneExecutionPerNonce(),
    unattendedIsBounded(),
    noGrantWhileFrozen(),
    recalledIsNeverRun(),
    shadowActsNever(),
    freezeLiftedByPeople(),
    silenceIsHeard(),
    failureIsHeard(),
    evidenceIsHeard(),
    providerRestartsNothing(),
    noPageIsLost(),
    nobodyIsFlooded(),
    firstsAreNeverHeld(),
    noPageWhileFresherSign(),
    acknowledgedStaysQuiet(),
    noRecoveredWithoutDown(),
    oneFindingPerCause(),
    onePacePerTrouble(),
    nothingIsOverTooSoon(),
    noFindingIsLost(),
    readSideLosesNothing(),
    everyDecisionHasItsReason(),
    healthyHostWritesNoRow(),
    alarmIsArmed(),
    sizesAreBounded(),
    allIsWellInTheEnd(),
  ];
}
