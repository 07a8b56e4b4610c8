// What a faulty provider shows: each fault as the desk sees it, and as its person does.
import { describe, expect, it } from "vitest";
import { always, inTurn, withFaults } from "../../providers/faults.ts";
import { postBox } from "../../providers/post-box.ts";

const box = () => postBox({ now: 0 });
const post = (title: string) =>
  new Request("https://box.test/in", { method: "POST", body: JSON.stringify({ to: "alice", title }) });
const NOBODY = Symbol("no answer");
const within = (answer: Promise<Response>) =>
  Promise.race([answer, new Promise<typeof NOBODY>((resolve) => void setTimeout(resolve, 20, NOBODY))]);

describe("a provider that", () => {
  it("does nothing wrong is the fake itself", async () => {
    const provider = withFaults(box(), inTurn());
    expect(await (await provider.answer(post("a"))).json()).toEqual({ handle: "post-1" });
    expect(provider.arrived.map(({ title }) => title)).toEqual(["a"]);
    expect([...provider.ringing]).toEqual(["post-1"]);
    expect([await provider.acknowledge("post-1"), provider.ringing.size]).toEqual([true, 0]);
  });

  it("is asked too much says when to come again, and takes nothing", async () => {
    const provider = withFaults(box(), inTurn({ kind: "too-many", retryAfterSeconds: 7 }));
    const { headers, status } = await provider.answer(post("a"));
    expect([status, headers.get("retry-after"), provider.arrived]).toEqual([429, "7", []]);
    expect((await provider.answer(post("a"))).status).toBe(200);
  });

  it("fails takes nothing", async () => {
    const provider = withFaults(box(), always({ kind: "status", status: 503 }));
    expect([(await provider.answer(post("a"))).status, provider.arrived]).toEqual([503, []]);
  });

  it("hangs takes nothing, and one whose answer is lost takes it", async () => {
    const provider = withFaults(box(), inTurn({ kind: "hangs" }, { kind: "taken-without-answer" }));
    expect(await within(provider.answer(post("a")))).toBe(NOBODY);
    expect(provider.arrived).toEqual([]);
    expect(await within(provider.answer(post("b")))).toBe(NOBODY);
    expect(provider.arrived.map(({ title }) => title)).toEqual(["b"]);
    expect((await provider.answer(post("c"))).status).toBe(200);
  });

  it("swallows what it accepted shows it to nobody, and nobody can acknowledge it", async () => {
    const provider = withFaults(box(), inTurn({ kind: "accepted-and-lost" }));
    expect(await (await provider.answer(post("a"))).json()).toEqual({ handle: "post-1" });
    expect([provider.arrived, provider.ringing.size]).toEqual([[], 0]);
    expect(await provider.acknowledge("post-1")).toBe(false);
  });

  it("brings it twice does so with one handle, also beside others", async () => {
    const provider = withFaults(box(), inTurn(null, { kind: "duplicates" }, { kind: "accepted-and-lost" }));
    await Promise.all(["a", "b", "c", "d"].map(async (title) => provider.answer(post(title))));
    expect(provider.arrived.map(({ handle, title }) => `${handle} ${title}`)).toEqual([
      "post-1 a",
      "post-2 b",
      "post-2 b",
      "post-4 d",
    ]);
  });
});
