// Calls of the API by its table of routes: a call takes what its line asks for and gives what its line answers. What was answered is checked
// against the line before anybody reads it, and handed on as it came, with whatever a newer control plane says beside it.
import type * as z from "zod";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { Problem } from "@countersign/shared/wire/problem";
import type { Asking, BodyOf, Route } from "../src/api/table/route.ts";
import { type Call, partsOf, type RouteOf, ROUTES } from "../src/api/table/routes.ts";

export interface ApiRefusal {
  readonly reason: "not-reachable" | "refused" | "options";
  readonly sentence: string;
  /** the problem document, where there is one */
  readonly problem: Readonly<Record<string, unknown>> | null;
}

export interface OperatorApi {
  readonly ask: <C extends Call>(
    call: C,
    asking: Asking<RouteOf<C>>,
  ) => Promise<Result<BodyOf<RouteOf<C>>, ApiRefusal>>;
}

/** A request as it is sent; the path has its query. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: object | undefined;
}

/** How a request travels to a control plane, and what came back. */
export type Travel = (
  sent: Sent,
) => Promise<Result<{ readonly status: number; readonly text: string }, ApiRefusal>>;

type Words = Readonly<Record<string, string | number | null | undefined>>;

interface Given {
  readonly params?: Words;
  readonly query?: Words;
  readonly body?: object;
}

/** Of one run: the longest list that a command follows has some thousand parts. */
export const CALLS_MAX = 10_000;

/** The API of the control plane at `origin`. A list whose parts have no end is not followed for ever, whoever reads it. */
export function apiOver(origin: string, travel: Travel): OperatorApi {
  let callCount = 0;
  return {
    ask: async <C extends Call>(call: C, asking: Asking<RouteOf<C>>) => {
      callCount += 1;
      if (callCount > CALLS_MAX)
        return no(`${origin} answers ${call} in parts that have no end: check --url.`);
      const [method, template] = partsOf(call);
      const { body, params, query } = asking as Given;
      const answered = await travel({ method, path: pathOf(template, params, query), body });
      if (!answered.ok) return answered;
      return read(answered.value, { call, origin }) as Result<BodyOf<RouteOf<C>>, ApiRefusal>;
    },
  };
}

function pathOf(template: string, params: Given["params"] = {}, query: Given["query"] = {}): string {
  const path = template.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null) search.set(name, `${value}`);
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

function read(
  { status, text }: { readonly status: number; readonly text: string },
  { call, origin }: { readonly call: Call; readonly origin: string },
): Result<unknown, ApiRefusal> {
  const json = parseJson(text);
  const problem = Problem.loose().safeParse(json);
  if (problem.success) return no(`${problem.data.title}: ${problem.data.detail}`, problem.data);
  const { answers }: Route = ROUTES[call];
  const shape = answers[status];
  if (shape === undefined || shape === null || json === null)
    return no(`${origin} answered ${status}, and not as a Countersign control plane does: check --url.`);
  const checked = shape.safeParse(json);
  return checked.success ? ok(json) : no(otherwise(call, checked.error));
}

function otherwise(call: Call, { issues: [issue] }: z.ZodError): string {
  const place = issue?.path.map(String).join(".") ?? "";
  return `The control plane answers ${call} otherwise than this version of the command reads it (at ${place === "" ? "its top" : place}): use the command of its version.`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function no(sentence: string, problem: ApiRefusal["problem"] = null): Result<never, ApiRefusal> {
  return refuse({ reason: "refused", sentence, problem });
}
