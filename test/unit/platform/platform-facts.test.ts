// The platform facts over the ports in memory and the faulty ones; over workerd's they run in test/actors/hosts/platform-facts.test.ts.
import { describe, expect, it } from "vitest";
import { faultyActor } from "../../platform-facts/faulty-actor.ts";
import { memoryActor } from "../../platform-facts/memory-actor.ts";
import { factsOf, PLATFORM_FACTS } from "../../platform-facts/platform-facts.ts";

describe("over the ports in memory", () => {
  it.each(factsOf("memory"))("$name", async ({ check }) => check(memoryActor()));
});

describe("over the faulty ports", () => {
  it.each(factsOf("faulty"))("$name", async ({ check }) => check(faultyActor()));
});

describe("the list", () => {
  it("names each fact once, and the faulty ports lack none: they stand for workerd's", () => {
    const names = PLATFORM_FACTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(factsOf("faulty")).toEqual(PLATFORM_FACTS);
  });
});
