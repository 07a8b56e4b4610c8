// Who did something, as its reader is told: "you", a person by name, and what is no name with a capital letter where a
// sentence begins.
import { describe, expect, it } from "vitest";
import {
  type Actor,
  BY_DESK,
  BY_UNKNOWN,
  byAdmin,
  byHost,
  byPerson,
  byRule,
} from "../../../../control-plane/src/core/words/actor.ts";
import { approvedWords, whoFirst, whoOf } from "../../../../control-plane/src/web/approvals/who.ts";
import { READERS } from "./an-approval.ts";

describe("who it was", () => {
  it.each<[Actor | null, string, string]>([
    [byPerson("alice"), "you", "You"],
    [byPerson("omar"), "Omar", "Omar"],
    // who left the policy has no name there any more, and may be called as anything is
    [byPerson("the desk"), "the desk", "the desk"],
    [byPerson("constructor"), "constructor", "constructor"],
    [byRule("fleet-silent"), "the rule fleet-silent", "The rule fleet-silent"],
    [BY_DESK, "the desk", "The desk"],
    [byAdmin(), "whoever holds the admin token", "Whoever holds the admin token"],
    [byAdmin("ops"), "the admin (ops)", "The admin (ops)"],
    [byHost("host_1"), "host:host_1", "host:host_1"],
    [BY_UNKNOWN, "unknown", "unknown"],
    [null, "somebody", "Somebody"],
  ])("%j: %s", (actor, words, first) => {
    expect([whoOf(actor, READERS), whoFirst(actor, READERS)]).toEqual([words, first]);
  });

  it("says a yes in advance, and what ran by the rules, as what they are", () => {
    expect(approvedWords({ decidedBy: byPerson("omar"), standingId: "std_1" }, READERS)).toBe(
      "approved in advance by Omar",
    );
    expect(approvedWords({ decidedBy: byRule("check-failing") }, READERS)).toBe(
      "runs by itself, as the rules allow",
    );
    expect(approvedWords({ decidedBy: byPerson("alice") }, READERS)).toBe("approved by you");
  });
});
