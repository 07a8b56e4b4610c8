// The JSON Schemas that editors use for the files that people write, made from the very schemas that read them, and the one of what
// `replay --json` prints. A test keeps docs/schemas in step.
import * as z from "zod";
import { Policy } from "../../src/policy/policy.ts";
import { ReplayOutput } from "../printed/replay-output.ts";
import { IncidentFormat } from "./incident-format.ts";
import type { SchemaName } from "./schema-names.ts";

const SCHEMAS = {
  incident: { schema: IncidentFormat, title: "Countersign incident" },
  policy: { schema: Policy, title: "Countersign policy" },
  replay: { schema: ReplayOutput, title: "Output of countersign replay --json" },
} as const satisfies Readonly<Record<SchemaName, object>>;

/** The text of docs/schemas/NAME.schema.json. */
export function schemaText(name: SchemaName): string {
  const { schema, title } = SCHEMAS[name];
  // of what is written, before durations and defaults were read
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return `${JSON.stringify({ title, ...json }, null, 2)}\n`;
}
