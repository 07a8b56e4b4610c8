// Calls by the table of routes: the request that a call becomes, and what of an answer is taken for what it says it is.
import { describe, expect, it } from "vitest";
import { ok, refuse } from "@countersign/shared/values/result";
import { apiOver, CALLS_MAX, type Sent } from "../../../control-plane/cli/api-calls.ts";
import { readParts } from "../../../control-plane/cli/list-parts.ts";

function answering(status: number, answer: unknown) {
  const sent: Sent[] = [];
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  const api = apiOver("https://desk.test", async (request) => {
    sent.push(request);
    return ok({ status, text });
  });
  return { api, sent };
}

describe("a call", () => {
  it("becomes a path with its parts, a query without what is absent, and a body", async () => {
    const { api, sent } = answering(200, { hostId: "x/y", state: "retired" });
    const params = { id: "x/y?z" };
    await api.ask("POST /v1/admin/hosts/:id/retire", { params, body: { why: "sold" } });
    await api.ask("GET /v1/admin/audit", { query: { before: null, limit: 7 } });
    await api.ask("GET /v1/admin/incidents", {});
    expect(sent).toEqual([
      { method: "POST", path: "/v1/admin/hosts/x%2Fy%3Fz/retire", body: { why: "sold" } },
      { method: "GET", path: "/v1/admin/audit?limit=7", body: undefined },
      { method: "GET", path: "/v1/admin/incidents", body: undefined },
    ]);
  });

  it("does not compile without what its line asks for", () => {
    const { api } = answering(200, {});
    // @ts-expect-error no id
    const noId = () => api.ask("GET /v1/admin/incidents/:id", {});
    // @ts-expect-error no such line
    const noLine = () => api.ask("GET /v1/admin/nothing", {});
    // @ts-expect-error another body
    const otherBody = () => api.ask("POST /v1/admin/sign-in-tokens", { body: { person: "ada" } });
    expect([noId, noLine, otherBody]).toHaveLength(3);
  });
});

describe("an answer", () => {
  const ask = (status: number, answer: unknown) =>
    answering(status, answer).api.ask("GET /v1/admin/sign-ins", {});
  const signIn = {
    signInId: "sgn_1",
    deviceName: "x",
    responder: "ada",
    openedAt: 0,
    expiresAt: 1,
    usedAt: 0,
  };

  it("is given as it came, with what a newer control plane says beside it", async () => {
    const answer = { signIns: [{ ...signIn, newer: 1 }], newer: true };
    expect(await ask(200, answer)).toEqual(ok(answer));
  });

  it.each([
    ["of another shape", 200, { signIns: [{ ...signIn, openedAt: "yesterday" }] }],
    ["without a member", 200, {}],
    ["of another status", 204, { signIns: [] }],
    ["that is no JSON", 200, "<html>"],
    ["that is null", 200, null],
    ["from somewhere else", 502, "Bad gateway"],
  ])("%s is refused in a sentence, with no problem document", async (_what, status, answer) => {
    expect(await ask(status, answer)).toMatchObject({
      ok: false,
      error: { reason: "refused", problem: null },
    });
  });

  it("names the place where it is otherwise", async () => {
    const read = await ask(200, { signIns: [{ ...signIn, openedAt: "yesterday" }] });
    expect(read.ok ? "" : read.error.sentence).toContain("signIns.0.openedAt");
  });

  it("that is a problem is told by its own words", async () => {
    const problem = {
      type: "urn:countersign:problem:admin-unauthorised",
      title: "No",
      status: 401,
      detail: "Why.",
    };
    expect(await ask(401, problem)).toMatchObject({ ok: false, error: { sentence: "No: Why.", problem } });
  });
});

describe("a list in parts", () => {
  const listOf = (count: number) => {
    const asked: number[] = [];
    const read = async ({ after, limit }: { after: number | null; limit: number }) => {
      asked.push(limit);
      const from = after ?? 0;
      const rows = Array.from({ length: Math.min(limit, count - from) }, (_, index) => from + index);
      const last = from + rows.length;
      return ok({ rows, next: last < count ? last : null });
    };
    return { asked, read };
  };

  it.each([
    [{}, 50, true, [50]],
    [{ limit: 3 }, 3, true, [3]],
    [{ limit: 450 }, 450, true, [200, 200, 50]],
    [{ all: true }, 500, false, [200, 200, 200]],
    [{ limit: 500 }, 500, false, [200, 200, 100]],
  ])("reads %j: %i rows, and says whether there are more", async (howMuch, count, hasMore, limits) => {
    const { asked, read } = listOf(500);
    const got = await readParts(howMuch, read);
    expect(got).toMatchObject({ ok: true, value: { hasMore } });
    expect([got.ok && got.value.rows.length, asked]).toEqual([count, limits]);
  });

  it("ends where parts have no end, or one is refused", async () => {
    const endless = await readParts<number, string>({ all: true }, async () => ok({ rows: [1], next: "x" }));
    expect(endless.ok).toBe(false);
    const refusal = { reason: "refused", sentence: "No.", problem: null } as const;
    expect(await readParts<number, string>({}, async () => refuse(refusal))).toEqual(refuse(refusal));
  });
});

it("a list whose parts have no end and no rows is refused, not followed", async () => {
  let asked = 0;
  const api = apiOver("https://desk.test", async () => {
    asked += 1;
    return ok({ status: 200, text: JSON.stringify({ rows: [], nextBefore: asked }) });
  });
  const read = await readParts(
    { all: true },
    async ({ after, limit }: { after: number | null; limit: number }) => {
      const part = await api.ask("GET /v1/admin/audit", { query: { before: after, limit } });
      return part.ok ? ok({ rows: part.value.rows, next: part.value.nextBefore }) : part;
    },
  );
  expect([read.ok, asked]).toEqual([false, CALLS_MAX]);
});
