// A fake that is served on loopback: it sees the request as it was sent, and closing ends what hangs.
import { afterEach, expect, it } from "vitest";
import { always, withFaults } from "../../providers/faults.ts";
import { PROVIDERS } from "../../providers/list.ts";
import { postBox } from "../../providers/post-box.ts";
import { serveProvider, type ServedProvider } from "../../providers/serve.ts";

const open: ServedProvider[] = [];
afterEach(async () => {
  for (const served of open.splice(0)) await served.close();
});

async function served(...asked: Parameters<typeof serveProvider>): Promise<ServedProvider> {
  const one = await serveProvider(...asked);
  open.push(one);
  return one;
}

it("answers what the fake answers, and hands it method, path, headers and body", async () => {
  const seen: string[] = [];
  const { requestCount, url } = await served({
    async answer(request) {
      seen.push(request.method, request.url, request.headers.get("x-mark") ?? "", await request.text());
      return new Response("<ok/>", { status: 202, headers: { "content-type": "text/xml" } });
    },
  });
  const answer = await fetch(`${url}/a?b=1`, { method: "POST", headers: { "x-mark": "m" }, body: "ä" });
  expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
    202,
    "text/xml",
    "<ok/>",
  ]);
  expect(seen).toEqual(["POST", `${url}/a?b=1`, "m", "ä"]);
  expect(requestCount()).toBe(1);
});

it("may believe to be called by its own name", async () => {
  const { url } = await served(
    { answer: async (request) => new Response(request.url) },
    { origin: "https://api.box.test" },
  );
  expect(await (await fetch(`${url}/a`)).text()).toBe("https://api.box.test/a");
});

it("keeps several apart, and takes no body without end", async () => {
  const [one, two] = [postBox({ now: 0 }), postBox({ now: 0 })];
  const [first, second] = [await served(one), await served(two)];
  await fetch(second.url, { method: "POST", body: "{}" });
  expect([one.arrived.length, two.arrived.length]).toEqual([0, 1]);
  const body = "x".repeat(1_048_577);
  expect((await fetch(first.url, { method: "POST", body }).catch(() => null))?.status ?? 413).toBe(413);
  expect(one.arrived).toEqual([]);
});

it("that hangs is let go when it is closed", async () => {
  const hangs = await serveProvider(withFaults(postBox({ now: 0 }), always({ kind: "hangs" })));
  const asked = fetch(hangs.url, { method: "POST", body: "{}" }).then(
    () => "answered",
    () => "let go",
  );
  await expect.poll(hangs.requestCount).toBe(1);
  await hangs.close();
  expect(await asked).toBe("let go");
});

it("whose fake fails answers that it is broken", async () => {
  const error = console.error;
  console.error = () => {};
  const { url } = await served({ answer: async () => Promise.reject(new Error("the fake is wrong")) });
  expect((await fetch(url)).status).toBe(500);
  console.error = error;
});

it("is there for each kind of the list", () => {
  for (const [kind, make] of PROVIDERS) expect([kind, make({ now: 0 }).arrived]).toEqual([kind, []]);
});
