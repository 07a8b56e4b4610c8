// What stands between the table and the wire: reads a request as its line says, hands it to the line's answer, and writes what came out.
import * as z from "zod";
import { HTTP_BODY_BYTES_MAX } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { Ctx } from "../http/context.ts";
import { readJsonBody } from "../http/json-body.ts";
import { problem } from "../http/problem.ts";
import type { AnyAnswer } from "./answers/answer.ts";
import type { Asked, Refusal, Route } from "./table/route.ts";

const DETAIL_CHARS_MAX = 500;

type Unread = Refusal<"body-malformed" | "body-too-large" | "not-found">;

/** Answers one request to a line. */
export async function answerTo(route: Route, answer: AnyAnswer, c: Ctx): Promise<Response> {
  const asked = await readAsked(route, c);
  const answered = asked.ok ? await answer(asked.value, c) : asked;
  if (!answered.ok) {
    const { reason, ...options } = answered.error;
    return problem(reason, options);
  }
  if ("response" in answered.value) return answered.value.response;
  const { body, status } = answered.value;
  return Response.json(body, { status });
}

async function readAsked(route: Route, c: Ctx): Promise<Result<Asked<Route>, Unread>> {
  const params = z.object(route.params ?? {}).safeParse(c.req.param());
  if (!params.success) return refuse({ reason: "not-found" });
  const query = (route.query ?? z.object({})).safeParse(c.req.query());
  if (!query.success) return refuse({ reason: "body-malformed", detail: detailOf(query.error) });
  const body = route.body === undefined ? ok(undefined) : await readBody(route.body, route, c);
  if (!body.ok) return body;
  const asked = { params: params.data, query: query.data, body: body.value };
  return ok(asked as unknown as Asked<Route>);
}

async function readBody(shape: z.ZodType, { bodyBytesMax }: Route, c: Ctx) {
  const bytesMax = bodyBytesMax ?? HTTP_BODY_BYTES_MAX;
  const body = await readJsonBody(c.req.raw, shape, bytesMax);
  if (body.ok || body.error.reason !== "body-too-large") return body;
  return refuse({ ...body.error, detail: `Send at most ${bytesMax} bytes.` });
}

function detailOf(error: z.ZodError): string {
  return z.prettifyError(error).slice(0, DETAIL_CHARS_MAX);
}
