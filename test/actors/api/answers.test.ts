// What an answer may return does not depend on whoever writes it: what its line of the table does not say does not compile.
import { expect, it } from "vitest";
import * as z from "zod";
import { ok, refuse } from "@countersign/shared/values/result";
import { type Answer, reply } from "../../../control-plane/src/api/answers/answer.ts";
import { guardOf } from "../../../control-plane/src/api/rights.ts";
import { routesOf } from "../../../control-plane/src/api/table/route.ts";

it("takes no answer that its line does not say", () => {
  const table = routesOf({
    "GET /a/:id": {
      right: "anyone",
      says: "Says a.",
      params: { id: z.string() },
      query: z.object({ limit: z.coerce.number() }),
      answers: { 200: z.object({ count: z.int() }) },
      problems: ["not-found"],
    },
  });
  type Line = (typeof table)["GET /a/:id"];
  const good: Answer<Line> = ({ params, query }) =>
    query.limit > 1 ? reply(200, { count: params.id.length }) : refuse({ reason: "not-found" });
  // @ts-expect-error another body
  const otherBody: Answer<Line> = () => reply(200, { count: "many" });
  // @ts-expect-error another status
  const otherStatus: Answer<Line> = () => reply(201, { count: 1 });
  // @ts-expect-error another reason
  const otherReason: Answer<Line> = () => refuse({ reason: "host-unknown" });
  // @ts-expect-error what is not asked for
  const otherPart: Answer<Line> = ({ body }) => reply(200, { count: body.size });
  // @ts-expect-error no answer of its own
  const otherWay: Answer<Line> = () => ok({ status: 200, response: new Response() });
  expect([good, otherBody, otherStatus, otherReason, otherPart, otherWay]).toHaveLength(6);
});

it("knows a guard for each right, and for nothing else", () => {
  // @ts-expect-error no such right
  expect(guardOf("everybody")).toBeUndefined();
  expect(guardOf("admin-token")).toBeTypeOf("function");
});
