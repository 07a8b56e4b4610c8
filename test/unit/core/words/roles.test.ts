// What a person of the policy may do: what is given, what comes with it, and that who is not in it may nothing.
import { expect, it } from "vitest";
import { rolesOf } from "../../../../control-plane/src/core/words/roles.ts";
import { parsePolicyText } from "../../../../control-plane/src/policy/policy-file.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";

function policyOf(roles: readonly string[] | undefined): Policy {
  const given = roles === undefined ? {} : { roles };
  return Policy.parse({
    version: 1,
    responders: [{ id: "operator", name: "Operator", channels: ["terminal"], ...given }],
  });
}

it.each([
  [undefined, ["look", "answer", "approve", "administer"]],
  [[], ["look"]],
  [["answer"], ["look", "answer"]],
  [["approve"], ["look", "answer", "approve"]],
  [["administer"], ["look", "administer"]],
  [
    ["administer", "approve"],
    ["look", "answer", "approve", "administer"],
  ],
  [
    ["administer", "answer", "answer"],
    ["look", "answer", "administer"],
  ],
])("roles %j are %j", (given, had) => {
  expect(rolesOf(policyOf(given), "operator")).toEqual(had);
});

it.each(["stranger", "constructor", ""])("%j, who is not in the policy, has none", (responder) => {
  expect(rolesOf(policyOf(undefined), responder)).toEqual([]);
});

it("what a policy parses into need not say that who approves answers", () => {
  const [operator] = policyOf([]).responders;
  if (operator === undefined) throw new Error("the policy has a responder");
  expect(rolesOf({ responders: [{ ...operator, roles: ["approve"] }] }, "operator")).toContain("answer");
});

it.each([
  ["aprove", 'expected one of answer, approve, administer, got "aprove": did you mean "approve"?'],
  ["look", 'expected one of answer, approve, administer, got "look"'],
])("an unknown role %s is one clear error", (role, message) => {
  const text = `version: 1\nresponders: [{ id: operator, name: Op, channels: [terminal], roles: [${role}] }]`;
  const parsed = parsePolicyText(text);
  const problems = parsed.ok || !("problems" in parsed.error) ? [] : parsed.error.problems;
  expect(problems.map(({ path, message: said }) => [path, said])).toEqual([
    ["responders[0].roles[0]", message],
  ]);
});
