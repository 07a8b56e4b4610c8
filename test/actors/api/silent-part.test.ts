// Answers that ask a shard or D1 themselves: one that hangs, or that is gone, is refused as `part-silent`, and nobody waits for it without a bound.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { ok } from "@countersign/shared/values/result";
import { enrolmentBytesOf } from "@countersign/shared/wire/enrolment";
import { generateKeyPair, signBytes } from "@countersign/shared/wire/signature";
import { ANSWERS } from "../../../control-plane/src/api/answers.ts";
import type { AnyAnswer } from "../../../control-plane/src/api/answers/answer.ts";
import { PART_TIMEOUT_MS } from "../../../control-plane/src/api/answers/part.ts";
import { reasonsOf } from "../../../control-plane/src/api/openapi.ts";
import type { Call } from "../../../control-plane/src/api/table/routes.ts";
import { ROUTES } from "../../../control-plane/src/api/table/routes.ts";
import type { Ctx } from "../../../control-plane/src/http/context.ts";
import { PROBLEMS } from "../../../control-plane/src/http/problem.ts";

const SHARD = "shard-0";
const WINDOW = { from: "2026-04-03T00:00:00Z", to: "2026-04-04T00:00:00Z" };
const CASES: readonly (readonly [Call, { readonly query?: object; readonly params?: object }])[] = [
  ["GET /v1/admin/recorded", { query: WINDOW }],
  ["GET /v1/admin/recorded/hosts", { query: {} }],
  ["GET /v1/admin/unreadable", { query: { part: SHARD } }],
  ["GET /v1/admin/audit/copies", { query: { from: 1, through: 2 } }],
  ["GET /v1/agent/connect/:shard/:host", { params: { shard: SHARD, host: "host_1" } }],
  ["POST /v1/enrol", {}],
];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A request to a control plane whose desk answers, and of which every shard and D1 do `part` when they are asked anything. */
function requestTo(part: () => Promise<never>): Ctx {
  const desk = {
    shardNames: async () => [SHARD],
    unreadable: async () => ({ records: [], putAside: [] }),
    redeemEnrolmentToken: async () => ok({ hostId: "host_1", shard: SHARD, name: "web-1" }),
  };
  const shard = { fetch: part, recordedEvents: part, recordedHosts: part, putAside: part, enrolHost: part };
  const statement = { bind: () => statement, all: part, raw: part };
  const env = {
    INCIDENT_DESK: { idFromName: () => "desk", get: () => desk },
    HOST_SHARD: { idFromName: () => SHARD, get: () => shard },
    DB: { prepare: () => statement },
  };
  return {
    env,
    req: { header: () => "websocket", raw: new Request("https://desk.example") },
  } as unknown as Ctx;
}

async function bodyOf(call: Call) {
  if (call !== "POST /v1/enrol") return undefined;
  const { privateKey, publicKey } = await generateKeyPair();
  const signature = encodeBase64(await signBytes(privateKey, enrolmentBytesOf("token", publicKey)));
  return { version: 1, token: "token", publicKey, hostname: "web-1", signature };
}

describe.each(CASES)("%s", (call, asked) => {
  const answer = ANSWERS[call] as unknown as AnyAnswer;

  it("names the reason, which is a 503", () => {
    expect(reasonsOf(ROUTES[call])).toContain("part-silent");
    expect(PROBLEMS["part-silent"][0]).toBe(503);
  });

  it("refuses when the part hangs, after one bound", async () => {
    const log = vi.spyOn(console, "error").mockReturnValue();
    const reached = Promise.withResolvers<void>();
    const c = requestTo(() => {
      reached.resolve();
      return new Promise<never>(() => {});
    });
    const answered = answer(
      { params: undefined, query: undefined, ...asked, body: await bodyOf(call) } as never,
      c,
    );
    await reached.promise;
    await vi.advanceTimersByTimeAsync(PART_TIMEOUT_MS);
    expect(await answered).toMatchObject({ ok: false, error: { reason: "part-silent" } });
    expect(log).toHaveBeenCalledOnce();
  });

  it.each<[string, () => Promise<never>]>([
    ["fails", () => Promise.reject(new Error("gone"))],
    [
      "throws at once",
      () => {
        throw new Error("gone");
      },
    ],
  ])("refuses when the part %s", async (_how, part) => {
    const log = vi.spyOn(console, "error").mockReturnValue();
    const answered = answer(
      { params: undefined, query: undefined, ...asked, body: await bodyOf(call) } as never,
      requestTo(part),
    );
    expect(await answered).toMatchObject({ ok: false, error: { reason: "part-silent" } });
    expect(log).toHaveBeenCalledOnce();
  });
});
