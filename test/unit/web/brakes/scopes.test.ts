// Finding what a person may freeze by words of its name.
import { describe, expect, it } from "vitest";
import type { HostState } from "../../../../control-plane/src/core/shard/host/shard-state.ts";
import { subjectKeyOf } from "../../../../control-plane/src/core/words/subject.ts";
import {
  findScopes,
  scopeOf,
  scopesOf,
  SEARCH_CHARS_MAX,
} from "../../../../control-plane/src/web/brakes/scopes.ts";

const host = (name: string, services: readonly string[]) =>
  ({
    hostId: `host_${name}`,
    name,
    services: {},
    connection: { catalogue: services.map((service) => ({ service })) },
  }) as unknown as HostState;
const SCOPES = scopesOf([host("web-2", ["api"]), host("web-1", ["queue", "api"])]);
const namesOf = (search: string) => findScopes(SCOPES, search).map(subjectKeyOf);

describe("scopes", () => {
  it("are the fleet, then each host with its services, by name", () => {
    expect(namesOf("")).toEqual([
      "fleet",
      "host/host_web-1",
      "service/host_web-1/api",
      "service/host_web-1/queue",
      "host/host_web-2",
      "service/host_web-2/api",
    ]);
  });

  it("are found by every word, in any order and case", () => {
    expect(namesOf("WEB-1 queue")).toEqual(["service/host_web-1/queue"]);
    expect(namesOf("queue web-1")).toEqual(["service/host_web-1/queue"]);
    expect(namesOf("queue web-2")).toEqual([]);
  });

  it("read no more of a search than its limit", () => {
    expect(namesOf(`api${" ".repeat(SEARCH_CHARS_MAX - 3)}x`)).toHaveLength(2);
    expect(namesOf(`api${" ".repeat(SEARCH_CHARS_MAX - 4)}x`)).toHaveLength(0);
  });

  it("are known by their key alone", () => {
    expect(scopeOf(SCOPES, "service/host_web-1/queue")).toMatchObject({ service: "queue" });
    expect(scopeOf(SCOPES, "service/host_web-1/nothing")).toBeUndefined();
  });
});
