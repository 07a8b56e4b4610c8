// Facts of calls: what a shell does between two events is one step, and what it asked for is answered in an event of its own.
import { expect } from "vitest";
import type { Actor, PlatformFact } from "./platform.ts";

/** Asks in one event, lets another one happen, and then lets who was asked answer. */
async function heardOf(actor: Actor): Promise<readonly string[]> {
  const heard: string[] = [];
  await actor.event(({ calls }) => {
    calls.tellDesk("shard-0", [], (answer) => void heard.push(answer.ok ? "done" : answer.error.reason));
    heard.push("asked");
  });
  await actor.event(() => void heard.push("something else"));
  await actor.answers();
  await actor.answers();
  return heard;
}

export const CALL_FACTS: readonly PlatformFact[] = [
  {
    name: "an answer comes once, after the call has returned, and anything may come between",
    check: async (actor) => {
      expect(await heardOf(actor)).toEqual(["asked", "something else", "done"]);
    },
  },
  {
    name: "a call that fails throws nothing: its failure is an answer like any other",
    check: async (actor) => {
      actor.callsFail();
      const heard = (await heardOf(actor)).filter((each) => each !== "something else");
      expect(heard).toEqual(["asked", "call-failed"]);
    },
  },
  {
    name: "an answer that comes after the memory has gone is heard by nobody",
    lacking: {
      memory: "its lives are told apart by who calls (replay/world), not by its ports",
      workerd: "an eviction waits until what the object waits for has settled; only a crash ends it before",
    },
    check: async (actor) => {
      let count = 0;
      await actor.event(({ calls }) => calls.tellDesk("shard-0", [], () => void (count += 1)));
      await actor.forgets();
      await actor.event(() => {});
      await actor.answers();
      expect(count).toBe(0);
    },
  },
];
