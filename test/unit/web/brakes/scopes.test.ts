// Finding what a person may freeze by words of its name, and naming it by a key.
import { describe, expect, it } from "vitest";
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import { FLEET, hostedSubject, subjectKeyOf } from "../../../../control-plane/src/core/words/subject.ts";
import { findScopes, pointedBy, scopeOf, scopesOf } from "../../../../control-plane/src/web/brakes/scopes.ts";

const host = (name: string, services: readonly string[]) => ({ hostId: `host_${name}`, name, services });
const SCOPES = scopesOf([host("web-2", ["api"]), host("web-1", ["queue", "api"])]);
const namesOf = (search: string) => findScopes(SCOPES, search).map(subjectKeyOf);

describe("scopes", () => {
  it("are each host with its services, by name", () => {
    expect(namesOf("")).toEqual([
      "host/host_web-1",
      "service/host_web-1/queue",
      "service/host_web-1/api",
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

describe("a key", () => {
  it.each(["queue", "a/b", "50%", "%2F", "host", "constructor", "中"])(
    "of the service %s names it again",
    (service) => {
      const scope = hostedSubject({ hostId: "host_1", hostName: "web-1" }, service);
      expect(pointedBy(subjectKeyOf(scope))).toEqual({ hostId: "host_1", service });
    },
  );

  it("of a host, or of the fleet, names it again", () => {
    const scope = hostedSubject({ hostId: "host_1", hostName: "web-1" }, null);
    expect(pointedBy(subjectKeyOf(scope))).toEqual({ hostId: "host_1", service: null });
    expect(pointedBy(subjectKeyOf(FLEET))).toBe(FLEET);
  });

  it.each([
    "",
    "host",
    "host_1",
    "fleet/shard-0",
    "service/host_1",
    "host/host_1/x",
    "service/a/b/c",
    "person/ada",
  ])("that is none names nothing: '%s'", (key) => expect(pointedBy(key)).toBeNull());
});
