// Looks that keep their distance: however often somebody asks, a name costs one look in a floor, and every answer is of a look that began
// after the question.
import { expect, test } from "vitest";
import { OBSERVE_FLOOR_MS } from "@countersign/shared/values/limits";
import { shareLooks } from "../../../../edge-agent/src/actuator/shared-looks.ts";

function world() {
  let now = 0;
  const waiters: { readonly at: number; readonly resolve: () => void }[] = [];
  const begun: { readonly name: string; readonly at: number }[] = [];
  const ends: (() => void)[] = [];
  const looks = shareLooks<number>({
    now: () => now,
    wait: (durationMs) => new Promise((resolve) => waiters.push({ at: now + durationMs, resolve })),
    floorMs: OBSERVE_FLOOR_MS,
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    begun,
    ask: (name: string) =>
      looks.share(name, async () => {
        begun.push({ name, at: now });
        const number = begun.length;
        await new Promise<void>((resolve) => ends.push(resolve));
        return number;
      }),
    endAll: async () => {
      await settle();
      for (const end of ends.splice(0)) end();
      await settle();
    },
    advance: async (durationMs: number) => {
      await settle();
      now += durationMs;
      for (const { at, resolve } of waiters) if (at <= now) resolve();
      await settle();
    },
  };
}

test("a hundred who ask at once get one look, and a hundred more get the next, one floor later", async () => {
  const { advance, ask, begun, endAll } = world();
  const first = Array.from({ length: 100 }, () => ask("web"));
  await advance(0);
  expect(begun).toHaveLength(1);
  // These ask while it runs: what it has seen may be older than their question.
  const second = Array.from({ length: 100 }, () => ask("web"));
  await endAll();
  expect(await Promise.all(first)).toEqual(Array(100).fill(1));
  await advance(OBSERVE_FLOOR_MS - 1);
  expect(begun).toHaveLength(1);
  await advance(1);
  expect(begun).toHaveLength(2);
  await endAll();
  expect(await Promise.all(second)).toEqual(Array(100).fill(2));
});

test("another name waits for nobody", async () => {
  const { advance, ask, begun } = world();
  void ask("web");
  void ask("db");
  await advance(0);
  expect(begun.map(({ name }) => name)).toEqual(["web", "db"]);
});

test("a look that fails tells those who asked, and the next one begins anew", async () => {
  const looks = shareLooks<string>({ now: () => 0, wait: () => Promise.resolve(), floorMs: 1 });
  await expect(looks.share("web", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await looks.share("web", () => Promise.resolve("seen"))).toBe("seen");
});
