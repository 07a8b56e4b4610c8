// What `countersign replay --json` prints, as a schema that programs may rely on: keys are added, never renamed or dropped. The test
// holds what is printed to it. Pure.
import * as z from "zod";
import { Severity } from "@countersign/shared/wire/service-report";
import { APPROVAL_STATES } from "../../src/core/desk/records/approval.ts";

/** `seconds` from the start, and the instant */
const time = { seconds: z.number(), at: z.iso.datetime() };
const name = z.string();
const service = z.string().nullable().meta({ description: "null: the host itself" });
const what = { reason: name, host: name, service, severity: Severity, title: z.string() };

const asked = { host: name, service: name, action: name, approvalId: name };

const Replayed = z.strictObject({
  file: z.string(),
  title: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  isMet: z.boolean().meta({ description: "every expectation was met" }),
  eventCount: z.int(),
  decisionCount: z.int(),
  pages: z.array(
    z.strictObject({
      ...time,
      ...what,
      reason: name.nullable(),
      to: name,
      channel: name,
      key: name.meta({ description: "the same on every attempt and channel" }),
      channels: z.array(name).meta({ description: "all that carried it; `channel` is the first" }),
      kind: z.enum(["ring", "update", "recovered", "test"]),
      tells: z.array(
        z.strictObject({
          reason: name,
          host: name,
          service,
          isFirst: z.boolean().meta({ description: "no page told of this finding before" }),
          isTitle: z.boolean().meta({ description: "the page's title is about it" }),
          isEnd: z.boolean().meta({ description: "that it is over" }),
        }),
      ),
      body: z.string(),
      incidentId: name,
      approvalId: name.nullable(),
    }),
  ),
  drills: z
    .array(
      z.strictObject({
        ...time,
        testId: name,
        to: name,
        state: z.enum(["sent", "confirmed"]),
        title: z.string(),
        body: z.string(),
      }),
    )
    .meta({ description: "drills of the way to people: that one arrived, and that its person said so" }),
  incidents: z.array(
    z.strictObject({
      ...what,
      incidentId: name,
      findingId: name.meta({ description: "each entry is one finding; incidentId: what held it first" }),
      turns: z.array(
        z.strictObject({
          ...time,
          state: z.enum(["open", "acknowledged", "resolved"]),
          severity: Severity,
          title: z.string(),
        }),
      ),
    }),
  ),
  questions: z.array(z.strictObject({ ...time, ...asked })),
  approvals: z.array(z.strictObject({ ...time, ...asked, state: z.enum(APPROVAL_STATES) })),
  proposals: z.array(
    z.strictObject({ ...time, host: name, service, action: name, argv: z.array(z.string()) }),
  ),
  actions: z.array(z.strictObject({ ...time, host: name, service: name, action: name })),
  shadow: z.strictObject({
    counts: z.array(
      z.strictObject({
        ...time,
        reason: name,
        wouldHavePaged: z.int(),
        wouldHaveActed: z.int(),
        falseAlarms: z.int(),
      }),
    ),
    findings: z.array(z.strictObject({ ...time, ...what, findingId: name })),
  }),
  refusals: z.array(
    z.strictObject({ ...time, host: name.nullable(), service, by: name, reason: name, text: z.string() }),
  ),
  expectations: z.array(z.strictObject({ isMet: z.boolean(), text: z.string(), found: z.string() })),
});

const Problem = z.strictObject({
  file: z.string(),
  path: z.string(),
  line: z.int(),
  column: z.int(),
  message: z.string(),
});

/** The one JSON document: the replays in the order of the files, or what is wrong with the input. */
export const ReplayOutput = z.union([
  z.strictObject({ replays: z.array(Replayed) }),
  z.strictObject({ errors: z.array(Problem) }),
]);
