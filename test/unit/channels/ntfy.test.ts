// ntfy against a server as its documentation has it: what is published for each kind of page, and what each answer means.
import { describe, expect, it } from "vitest";
import { Channel, readAnswer } from "../../../control-plane/src/channels/any-channel.ts";
import { fakeNtfy } from "../../providers/ntfy.ts";
import { answered, HOSTILE, sendBy } from "./exchange.ts";
import { MESSAGE, requestFor, SAMPLES } from "./samples.ts";

const written = SAMPLES.ntfy;
const clock = { now: MESSAGE.sentAt };
const channel = Channel.parse(written);
const serverWith = (tokens: readonly string[] | null = ["tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"]) =>
  fakeNtfy(clock, { tokens });
const failed = { result: "failed", retryAfterMs: null };

describe("what is published", () => {
  it.each([
    ["ring", "info", 2, "rotating_light"],
    ["ring", "warning", 3, "rotating_light"],
    ["ring", "error", 4, "rotating_light"],
    ["ring", "critical", 5, "rotating_light"],
    ["update", "critical", 2, "speech_balloon"],
    ["recovered", "critical", 3, "white_check_mark"],
    ["test", "error", 4, "test_tube"],
    ["sign-in", "info", 3, "key"],
  ] as const)("a %s, %s has priority %i", async (kind, severity, priority, tag) => {
    const request = await requestFor(written, { kind, severity });
    expect(await request.json()).toMatchObject({ priority, tags: [tag] });
  });

  it.each(["ring", "update", "recovered", "test", "sign-in"] as const)(
    "a %s is taken by a server that goes by its documentation, with and without a link",
    async (kind) => {
      for (const url of [MESSAGE.url, null]) {
        const provider = serverWith();
        expect(await sendBy({ provider, written }, { kind, url })).toEqual({
          result: "accepted",
          handle: null,
        });
        expect(provider.arrived).toMatchObject([{ to: "fleet", title: MESSAGE.title, body: MESSAGE.body }]);
        expect(provider.arrived[0]?.isLoud).toBe(kind !== "update");
      }
    },
  );

  it.each(HOSTILE)("hostile text is cut by bytes, and shown: %#", async (text) => {
    const provider = serverWith();
    expect(await sendBy({ provider, written }, { title: text, body: text })).toMatchObject({
      result: "accepted",
    });
    expect(provider.arrived[0]?.body).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(provider.arrived[0]?.title).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it("has its message to the last byte, and no half of a character", async () => {
    const provider = serverWith();
    await sendBy({ provider, written }, { body: "a".repeat(4_096) });
    await sendBy({ provider, written }, { body: `a${"😀".repeat(1_024)}` });
    expect(provider.arrived.map(({ body }) => body)).toEqual(["a".repeat(4_096), `a${"😀".repeat(1_023)}…`]);
  });

  it("is never empty: ntfy would make up a text", async () => {
    const provider = serverWith();
    expect(await sendBy({ provider, written }, { body: "" })).toMatchObject({ result: "accepted" });
    expect(provider.arrived[0]?.body).toBe(MESSAGE.title);
  });
});

describe("what an answer means", () => {
  it("a token that is not valid, or none, is refused for good", async () => {
    expect(await sendBy({ provider: serverWith(["tk_otherqmVBoFD37zQVN29RhuMzNIz2"]), written })).toEqual({
      ...failed,
      detail: "HTTP 401: 40101 unauthorized",
      isForGood: true,
    });
    const open = { kind: "ntfy", server: "https://ntfy.test", topic: "fleet" };
    expect(await sendBy({ provider: serverWith(), written: open })).toEqual({
      ...failed,
      detail: "HTTP 403: 40301 forbidden",
      isForGood: true,
    });
  });

  it("a server that is asked too often takes it later", async () => {
    const provider = fakeNtfy(clock, { tokens: null, requests: { max: 1, perMs: 5_000 } });
    expect(await sendBy({ provider, written })).toMatchObject({ result: "accepted" });
    expect(await sendBy({ provider, written })).toEqual({
      ...failed,
      detail: "HTTP 429: 42901 limit reached: too many requests, please be nice",
      isForGood: false,
    });
  });

  it.each([
    [answered(200, { id: "m1", event: "message" }), { result: "accepted", handle: null }],
    [
      answered(429, { code: 42_908, http: 429, error: "x" }, { "retry-after": "7" }),
      { ...failed, detail: "HTTP 429: 42908 x", retryAfterMs: 7_000, isForGood: false },
    ],
    [
      answered(404, { code: 40_401, http: 404, error: "page not found" }),
      { ...failed, detail: "HTTP 404: 40401 page not found", isForGood: true },
    ],
    [answered(413, { code: 41_301 }), { ...failed, detail: "HTTP 413: 41301", isForGood: true }],
    [
      answered(500, { code: 50_001, error: "internal server error" }),
      { ...failed, detail: "HTTP 500: 50001 internal server error", isForGood: false },
    ],
    [answered(502, "<html>bad gateway</html>"), { ...failed, detail: "HTTP 502", isForGood: false }],
    [answered(302, ""), { ...failed, detail: "HTTP 302", isForGood: false }],
    [answered(400, { code: "x", error: { deep: 1 } }), { ...failed, detail: "HTTP 400", isForGood: true }],
  ])("answer %#", (answer, taken) => {
    expect(readAnswer(channel, answer)).toEqual(taken);
  });
});
