// What an answer to a line of the table is: it is given the request's parts as its line's shapes say, returns what its line answers, and refuses
// for the reasons that its line names. The compiler holds all of it.
import { ok, type Result } from "@countersign/shared/values/result";
import type { Ctx } from "../../http/context.ts";
import type { ProblemReason } from "../../http/problem.ts";
import type { Asked, ReasonOf, Refusal, Reply, Route } from "../table/route.ts";

type Answered<Done, Reason extends ProblemReason> = Result<Done, Refusal<Reason>>;
/** What answers one line of the table. */
export type Answer<R extends Route> = (
  asked: Asked<R>,
  c: Ctx,
) => Promise<Answered<Reply<R>, ReasonOf<R>>> | Answered<Reply<R>, ReasonOf<R>>;

/** An answer, whichever line it belongs to; each was checked against its line where the list of answers is written. */
export type AnyAnswer = (asked: Asked<Route>, c: Ctx) => Promise<Answered<AnyReply, ProblemReason>>;
type AnyReply = { readonly status: number; readonly body: unknown } | { readonly response: Response };

/** Says that something was done: a status of the line, with its body. */
export function reply<const Status extends number, Body>(status: Status, body: Body) {
  return ok({ status, body });
}
