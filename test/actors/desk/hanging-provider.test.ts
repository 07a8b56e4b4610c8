// A provider that takes connections and says nothing, and one that works, behind one real desk: who is reached by the
// second does not wait for the first. That Cloudflare would queue the seventh connection is not to be seen here (ADR
// 0055); that there never are so many is.
import { afterEach, expect, inject, it, vi } from "vitest";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { newId } from "../../../control-plane/src/platform/random-id.ts";
import { PATIENT } from "../../patience.ts";
import { desk } from "../world/fleet.ts";

const { hangs, works } = inject("providers");
const PEOPLE = ["alice", "bob", "carol", "dave"];

const waiting = async () => Number(await (await fetch(`${hangs}/waiting`)).text());
const letGo = () => fetch(`${hangs}/let-go`, { method: "POST" });
// What is tried again meanwhile hangs again, until nothing is left to try.
let letting: ReturnType<typeof setInterval> | undefined;
afterEach(async () => {
  letting = setInterval(() => void letGo(), 50);
  await desk().settled();
  clearInterval(letting);
});

async function policyOfTwo(): Promise<void> {
  const to = (server: string) => ({ kind: "ntfy", server, topic: "pages" });
  const text = JSON.stringify({
    version: 1,
    channels: { slow: to(hangs), quick: to(works) },
    responders: PEOPLE.map((id) => ({ id, name: id, channels: ["slow", "quick"] })),
    escalation: { steps: [{ notify: PEOPLE, after: "0s" }] },
  });
  const applied = await desk().applyPolicy({
    expectedVersion: 0,
    by: byAdmin(),
    why: "",
    text,
    confirm: true,
  });
  expect(applied).toMatchObject({ ok: true });
}

/** Sends a page; its id. */
async function page(responder: string, channel: string | null): Promise<string> {
  const testId = newId("tst");
  const act = { kind: "send-test-page", testId, responder, channel } as const;
  expect((await desk().act({ act, by: byAdmin() })).ok).toBe(true);
  return testId;
}

it("keeps two of its own pages waiting at a time, and nobody else's", async () => {
  await policyOfTwo();
  for (const responder of PEOPLE) for (let time = 0; time < 3; time += 1) await page(responder, "slow");
  await vi.waitFor(async () => expect(await waiting()).toBe(2), PATIENT);
  const quick = await Promise.all(PEOPLE.map(async (responder) => page(responder, "quick")));
  await vi.waitFor(async () => {
    for (const testId of quick) expect((await desk().testPage(testId))?.deliveredBy, testId).toBe("quick");
  }, PATIENT);
  expect(await waiting()).toBe(2);
});

it("is passed over by its own person's next channel once it says no", async () => {
  await policyOfTwo();
  const testId = await page("alice", null);
  await vi.waitFor(async () => expect(await waiting()).toBe(1), PATIENT);
  await letGo();
  await vi.waitFor(async () => expect((await desk().testPage(testId))?.deliveredBy).toBe("quick"), PATIENT);
});
