// docs/policy.md names every key of a policy with its default, and its example is a policy.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { schemaText } from "../../../control-plane/replay/file/published-schemas.ts";
import { CHANNELS } from "../../../control-plane/src/channels/channel-list.ts";
import { parsePolicyText } from "../../../control-plane/src/policy/policy-file.ts";
import { Policy } from "../../../control-plane/src/policy/policy.ts";

const docs = readFileSync(new URL("../../../docs/policy.md", import.meta.url), "utf8");

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly default?: unknown;
}

const root = z.toJSONSchema(Policy, { io: "input", unrepresentable: "any" }) as Node;

function leavesOf(node: Node, path: string): readonly (readonly [string, Node])[] {
  if (path !== "" && node.properties === undefined) return [[path, node]];
  return Object.entries(node.properties ?? {}).flatMap(([key, inner]) =>
    leavesOf(inner, path === "" ? key : `${path}.${key}`),
  );
}

const leaves = leavesOf(root, "");
const rules = Object.entries(root.properties?.["rules"]?.properties ?? {});

function rowOf(key: string): string {
  return docs.split("\n").find((line) => line.startsWith(`| \`${key}\` |`)) ?? "";
}

describe("docs/policy.md", () => {
  it.each(leaves.filter(([path]) => !path.startsWith("rules.")))(
    "names %s with its default",
    (path, node) => {
      const isScalar = ["string", "number", "boolean"].includes(typeof node.default);
      expect(rowOf(path)).toContain(isScalar ? `| \`${String(node.default)}\` |` : "|");
    },
  );

  it.each(rules)("names the rule %s with its bounds", (reason, node) => {
    const row = rowOf(reason);
    expect(row).not.toBe("");
    for (const [key, field] of Object.entries(node.properties ?? {}))
      if (key !== "enabled" && key !== "shadow")
        expect(row).toContain(`\`${key}\` \`${String(field.default)}\``);
  });

  it.each(CHANNELS)("names the channel $kind with its settings", ({ kind, settings }) => {
    const row = rowOf(kind);
    expect(row).not.toBe("");
    for (const key of Object.keys(settings.shape)) if (key !== "kind") expect(row).toContain(`\`${key}\``);
  });

  it("has the JSON Schema of the running code beside it", () => {
    const published = readFileSync(
      new URL("../../../docs/schemas/policy.schema.json", import.meta.url),
      "utf8",
    );
    // else: countersign schema policy > docs/schemas/policy.schema.json, and oxfmt
    expect(JSON.parse(published)).toEqual(JSON.parse(schemaText("policy")));
  });

  it("has examples that are policies", () => {
    const blocks = [...docs.matchAll(/```yaml\n([^`]+)```/g)].map(([, text = ""]) => text);
    const policies = blocks.map((text) => (text.includes("version:") ? text : `version: 1\n${text}`));
    expect(policies.length).toBeGreaterThan(1);
    for (const text of policies) expect(parsePolicyText(text)).toMatchObject({ ok: true });
  });
});
