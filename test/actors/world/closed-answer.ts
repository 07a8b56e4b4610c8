// Holds each answer of the API against its line of the table, closed: a member that the line does not say fails the test that asked, and so do
// a status and a refusal that it does not name.
import { Validator } from "@cfworker/json-schema";
import { expect } from "vitest";
import * as z from "zod";
import { Problem, PROBLEM_CONTENT_TYPE } from "@countersign/shared/wire/problem";
import { reasonsOf } from "../../../control-plane/src/api/openapi.ts";
import type { Route } from "../../../control-plane/src/api/table/route.ts";
import { type Call, eachRoute, partsOf } from "../../../control-plane/src/api/table/routes.ts";

const validators = new Map<z.ZodType, Validator>();

/** The line that a request is answered by; null: none. */
export function lineOf(method: string, path: string): readonly [Call, Route] | null {
  const [plain = ""] = path.split("?");
  return (
    eachRoute().find(([call]) => {
      const [own, template] = partsOf(call);
      return own === method && new RegExp(`^${template.replaceAll(/:\w+/g, "[^/]+")}$`).test(plain);
    }) ?? null
  );
}

/** Fails for what the line does not say; what no line answers is a problem document. */
export async function expectAnswerOf(asked: { method: string; path: string }, answer: Response) {
  const line = lineOf(asked.method, asked.path);
  if (answer.headers.get("content-type") === PROBLEM_CONTENT_TYPE) {
    const { status, type } = Problem.loose().parse(await answer.json());
    const reason = type.replace("urn:countersign:problem:", "");
    const allowed =
      line === null ? ["not-found", "method-not-allowed", "admin-unauthorised"] : reasonsOf(line[1]);
    expect([status, allowed]).toEqual([answer.status, expect.arrayContaining([reason])]);
    return;
  }
  if (line === null) return;
  const [call, { answers }] = line;
  expect(Object.keys(answers), call).toContain(String(answer.status));
  const shape = answers[answer.status];
  if (shape === null || shape === undefined) return;
  const { errors } = closed(shape).validate(await answer.json());
  expect([call, errors.map(({ error, instanceLocation }) => `${instanceLocation}: ${error}`)]).toEqual([
    call,
    [],
  ]);
}

function closed(shape: z.ZodType): Validator {
  const known = validators.get(shape);
  if (known !== undefined) return known;
  const schema = z.toJSONSchema(shape, {
    override: ({ jsonSchema }) => {
      if (jsonSchema.properties !== undefined) jsonSchema.additionalProperties = false;
    },
  });
  const validator = new Validator(schema as ConstructorParameters<typeof Validator>[0], "2020-12", false);
  validators.set(shape, validator);
  return validator;
}
