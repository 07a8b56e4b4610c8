// The table of routes: what does not compile, and what must hold over all of its lines. What
// each right lets through, and what an answer may return, is in test/actors/api.
import { expect, it } from "vitest";
import * as z from "zod";
import { routesOf } from "../../../control-plane/src/api/table/route.ts";
import { eachRoute, partsOf } from "../../../control-plane/src/api/table/routes.ts";

const answers = { 200: z.object({ count: z.int() }) };
const right = "anyone";

it("takes no line without a right, and none with another one", () => {
  // @ts-expect-error a route without a right fails the build
  routesOf({ "GET /a": { says: "Says a.", answers } });
  // @ts-expect-error no such right
  routesOf({ "GET /a": { right: "everybody", says: "Says a.", answers } });
  expect(routesOf({ "GET /a": { right, says: "Says a.", answers } })).toBeDefined();
});

it("takes no line whose path names what has no shape", () => {
  // @ts-expect-error :id has no shape
  routesOf({ "GET /a/:id": { right, says: "Says a.", answers } });
  // @ts-expect-error :id has no shape
  routesOf({ "GET /a/:id/b/:name": { right, says: "Says a.", params: { name: z.string() }, answers } });
  routesOf({ "GET /a/:id": { right, says: "Says a.", params: { id: z.string() }, answers } });
});

it("gives all lines of one path the same right: whoever may not ask is not told the methods", () => {
  const rights = new Map<string, Set<string>>();
  for (const [call, route] of eachRoute()) {
    const [, path] = partsOf(call);
    rights.set(path, (rights.get(path) ?? new Set()).add(route.right));
  }
  expect([...rights].filter(([, own]) => own.size > 1)).toEqual([]);
});

it("lets nobody below /v1/admin but with the admin token, and elsewhere nobody needs it", () => {
  const wrong = eachRoute().filter(
    ([call, route]) => (route.right === "admin-token") !== partsOf(call)[1].startsWith("/v1/admin/"),
  );
  expect(wrong).toEqual([]);
});
