// The document at /openapi.json: it is OpenAPI 3.1, says each line of the table, and is as fresh as the table.
import { readFileSync, writeFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { openApiDocument } from "../../../control-plane/src/api/openapi.ts";
import { eachRoute, partsOf } from "../../../control-plane/src/api/table/routes.ts";

const FILE = new URL("../../../docs/schemas/openapi.json", import.meta.url);
const PAGE = new URL("../../../docs/api.md", import.meta.url);
const document = openApiDocument() as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security: readonly object[];
  readonly responses: Readonly<Record<string, object>>;
  readonly parameters?: readonly { readonly in: string; readonly required: boolean }[];
}

function operationOf(call: Parameters<typeof partsOf>[0]): Operation | undefined {
  const [method, path] = partsOf(call);
  return document.paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
}

it("is what docs/schemas holds", () => {
  // else: COUNTERSIGN_UPDATE_OPENAPI=1 npm run test:unit -- openapi, and oxfmt
  if (process.env["COUNTERSIGN_UPDATE_OPENAPI"] === "1")
    writeFileSync(FILE, `${JSON.stringify(document, null, 2)}\n`);
  expect(JSON.parse(readFileSync(FILE, "utf8"))).toEqual(JSON.parse(JSON.stringify(document)));
});

it("has its routes in docs/api.md", () => {
  const rows = eachRoute().map(([call, { right, says }]) => `| \`${call}\` | \`${right}\` | ${says} |`);
  const table = ["| route | right | what it does |", "|---|---|---|", ...rows].join("\n");
  const text = readFileSync(PAGE, "utf8");
  const [begin, end] = ["<!-- routes -->", "<!-- /routes -->"];
  const wanted = `${text.slice(0, text.indexOf(begin))}${begin}\n\n${table}\n\n${text.slice(text.indexOf(end))}`;
  if (process.env["COUNTERSIGN_UPDATE_OPENAPI"] === "1") writeFileSync(PAGE, wanted);
  expect(readFileSync(PAGE, "utf8")).toBe(wanted);
});

it("is valid by the meta-schema of OpenAPI 3.1", async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  const wrong = { ...structuredClone(document), paths: { "/healthz": { get: { responses: [] } } } };
  expect((await new Validator().validate(wrong)).valid).toBe(false);
});

it("refers to nothing that it does not hold", () => {
  const { schemas } = (document as unknown as { components: { schemas: object } }).components;
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = ""]) => ref);
  const unknown = refs.filter((ref) => !Object.hasOwn(schemas, ref.replace("#/components/schemas/", "")));
  expect([refs.length > 0, unknown]).toEqual([true, []]);
});

it.each(eachRoute())("says all of %s", (call, route) => {
  const operation = operationOf(call);
  expect(operation?.summary).toBe(route.says);
  const mayAskUnnamed = operation?.security.length === 0;
  expect(mayAskUnnamed).toBe(route.right !== "admin-token");
  const statuses = Object.keys(operation?.responses ?? {});
  expect(statuses).toEqual(expect.arrayContaining(Object.keys(route.answers)));
  // whose answer is no JSON names no failure of ours in JSON, but its problems
  expect(statuses.some((status) => Number(status) >= 400)).toBe(true);
  const named = operation?.parameters?.filter(({ in: place }) => place === "path") ?? [];
  expect(named).toHaveLength(Object.keys(route.params ?? {}).length);
});

it("names each operation once", () => {
  const ids = eachRoute().map(([call]) => operationOf(call)?.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});
