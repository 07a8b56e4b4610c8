// The API as it is served: each line of the table behind the guard of its right. A known path with another method answers 405 and names the
// methods; everything unknown below /v1 is 404, and below /v1/admin only for who may ask there.
import { Hono, type MiddlewareHandler } from "hono";
import { visibleJson } from "@countersign/shared/values/visible-text";
import type { Bound, Ctx } from "../http/context.ts";
import { problem } from "../http/problem.ts";
import { answerTo } from "./answering.ts";
import { ANSWERS } from "./answers.ts";
import type { AnyAnswer } from "./answers/answer.ts";
import { guardOf } from "./rights.ts";
import type { Right } from "./table/route.ts";
import { eachRoute, partsOf } from "./table/routes.ts";

// An answer may hold texts of hosts and of people, and a proposal's own bytes read out: in a terminal none of them may move the cursor.
const inVisibleJson: MiddlewareHandler<Bound> = async (c, next) => {
  await next();
  if (!/^application\/(?:[a-z]+\+)?json/.test(c.res.headers.get("content-type") ?? "")) return;
  c.res = new Response(visibleJson(await c.res.text()), c.res);
};

// Answers hold tokens and what is wrong with hosts: nothing in between may keep them.
const unkept: MiddlewareHandler<Bound> = async (c, next) => {
  await next();
  if (c.res.status !== 101) c.header("cache-control", "no-store");
};

// Hosts compare their clock with it (doctor). An edge says it anyway; a deployment without one would say nothing.
const dated: MiddlewareHandler<Bound> = async (c, next) => {
  await next();
  c.header("date", new Date().toUTCString());
};

/** A path of the table: the methods that it has, and the right that it takes. */
interface Path {
  readonly path: string;
  readonly right: Right;
  readonly methods: readonly string[];
}

export const apiRoutes = new Hono<Bound>();

apiRoutes.use("/healthz", dated);
for (const path of ["/healthz", "/v1/*"]) apiRoutes.use(path, unkept, inVisibleJson);
for (const [call, route] of eachRoute()) {
  const [method, path] = partsOf(call);
  const answer = ANSWERS[call] as unknown as AnyAnswer;
  apiRoutes.on(method, path, guardOf(route.right), (c: Ctx) => answerTo(route, answer, c));
}
for (const { methods, path, right } of pathsOf())
  apiRoutes.all(path, guardOf(right), () =>
    problem("method-not-allowed", { headers: { allow: methods.join(", ") } }),
  );
apiRoutes.all("/v1/admin/*", guardOf("admin-token"), () => problem("not-found"));
apiRoutes.all("/v1/*", () => problem("not-found"));

function pathsOf(): readonly Path[] {
  const lines = eachRoute().map(([call, { right }]) => ({ parts: partsOf(call), right }));
  return lines.map(({ parts: [, path], right }) => ({
    path,
    right,
    methods: lines.flatMap(({ parts: [method, other] }) => (other === path ? [method] : [])),
  }));
}
