// What can be expected of a replay: the words, and the keys of each. Pure.
import * as z from "zod";
import { ItemName } from "@countersign/shared/values/ids";
import { Severity } from "@countersign/shared/wire/service-report";
import { APPROVAL_STATES } from "../../src/core/desk/records/approval.ts";
import { exactlyOne, HostName, Reason, ReasonOrAny, Text, When } from "./written-shapes.ts";

/** of an incident, or of an approval */
export const INCIDENT_STATES = ["open", "acknowledged", "resolved", "none"] as const;
export const EXPECTED_APPROVAL_STATES = [...APPROVAL_STATES, "none"] as const;
/** how far a drill is: its page arrived; its person said so */
export const DRILL_STATES = ["sent", "confirmed"] as const;
const STATES = new Set([...INCIDENT_STATES, ...EXPECTED_APPROVAL_STATES]);

const WHERE = ["host", "service"] as const;
const WHILE = ["from", "until", ...WHERE] as const;

/** Each word with the keys that may stand beside it; `because` may always. */
export const EXPECTATION_KEYS = {
  page: ["by", "from", "notBefore", "to", ...WHERE, "severity", "says", "atMost"],
  noPage: ["to", ...WHILE],
  noPageSays: ["reason", "to", ...WHILE],
  pagesAtMost: ["to", ...WHILE],
  recovered: ["by", "from", "notBefore", "to", ...WHERE, "says"],
  noRecovered: ["to", ...WHILE],
  recoveredAtMost: ["reason", "to", ...WHILE],
  drill: ["by", "from", "notBefore", "to", "says", "atMost"],
  noDrill: ["from", "until", "to", "says"],
  question: ["by", "from", "notBefore", ...WHERE, "atMost"],
  noQuestion: WHILE,
  approval: ["is", "at", ...WHERE],
  proposalsAtMost: WHILE,
  noAction: WHILE,
  restartsAtMost: WHILE,
  refused: ["by", "from", "says", ...WHERE],
  incident: ["is", "at", "severity", "says", ...WHERE],
  liveness: ["host", "at"],
  shadow: ["by", ...WHERE, "wouldHavePaged", "wouldHaveActed", "falseAlarms"],
} as const;
export type ExpectationWord = keyof typeof EXPECTATION_KEYS;
export const EXPECTATION_WORDS = Object.keys(EXPECTATION_KEYS) as readonly ExpectationWord[];

export const Expectation = z
  .strictObject({
    /** a page of this reason (any: of any) came */
    page: ReasonOrAny.optional(),
    /** no page of this reason (any: of none at all) came */
    noPage: ReasonOrAny.optional(),
    /** nobody was told that this (any: anything) is over */
    noRecovered: ReasonOrAny.optional(),
    /** no page has this text in its title or body */
    noPageSays: Text.min(1).optional(),
    /** somebody was told that this (any: anything) is over */
    recovered: ReasonOrAny.optional(),
    /** at most so many were told that something is over */
    recoveredAtMost: z.int().min(0).optional(),
    /** a drill of the way to a person went out and arrived, or its person said that it came */
    drill: z.enum(DRILL_STATES).optional(),
    /** none did */
    noDrill: z.enum(DRILL_STATES).optional(),
    /** people were asked whether this action (any: any action) may run */
    question: ItemName.optional(),
    /** nobody was asked */
    noQuestion: ItemName.optional(),
    /** the newest approval of this action (any: of any) is in state `is` at `at` */
    approval: ItemName.optional(),
    /** hosts minted at most so many proposals, renewed ones too */
    proposalsAtMost: z.int().min(0).optional(),
    /** at most so many pages in all */
    pagesAtMost: z.int().min(0).optional(),
    /** nothing was run on a host */
    noAction: z.literal(true).optional(),
    /** at most so many actions were run by us */
    restartsAtMost: z.int().min(0).optional(),
    /** something was refused: for this reason, or in these words; `says`: and its words have this in them */
    refused: Text.optional(),
    /** what this reason (any: any) found is in state `is` at `at` */
    incident: ReasonOrAny.optional(),
    liveness: z.enum(["up", "late", "down", "unknown"]).optional(),
    /** what the rule of this reason would have done in shadow: its first finding `by` then, its counts at the end exactly */
    shadow: Reason.optional(),
    wouldHavePaged: z.int().min(0).optional(),
    wouldHaveActed: z.int().min(0).optional(),
    /** of them, those that a person marked as nothing */
    falseAlarms: z.int().min(0).optional(),
    by: When.optional(),
    notBefore: When.optional(),
    from: When.optional(),
    until: When.optional(),
    at: When.optional(),
    is: z.enum([...STATES]).optional(),
    /** of which reason, where the word is about a text or a number */
    reason: Reason.optional(),
    to: ItemName.optional(),
    host: HostName.optional(),
    service: ItemName.optional(),
    severity: Severity.optional(),
    says: Text.optional(),
    atMost: z.int().min(1).optional(),
    /** why it is expected; for people */
    because: Text.optional(),
  })
  .superRefine((expectation, context) => exactlyOne(expectation, EXPECTATION_WORDS, context));
export type Expectation = z.infer<typeof Expectation>;
