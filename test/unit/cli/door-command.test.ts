// `countersign sign-ins`: what is asked of the API, and exit codes. The real API is in test/actors/people/sign-ins.test.ts.
import { describe, expect, it } from "vitest";
import { ok, refuse } from "@countersign/shared/values/result";
import { endSignIns, listSignIns } from "../../../control-plane/cli/door-acts.ts";
import type { OperatorApi } from "../../../control-plane/cli/operator-api.ts";

function deskWith(signIns: readonly object[], isKnown = true) {
  const [printed, sent]: [string[], string[]] = [[], []];
  const api: OperatorApi = {
    get: async <T>() => ok({ signIns } as T),
    send: async <T>(method: string, path: string) => {
      sent.push(`${method} ${path}`);
      if (!isKnown) return refuse({ reason: "refused" as const, sentence: "No.", problem: null });
      return ok({ ended: 2 } as T);
    },
  };
  const output = { print: (text: string) => void printed.push(text), complain: () => {} };
  return { desk: { api, output }, printed, sent };
}

describe("countersign sign-ins", () => {
  it("lists who is signed in", async () => {
    const signIn = { signInId: "sgn_1", deviceName: "Phone", responder: "ada", openedAt: 0 };
    const { desk, printed } = deskWith([signIn]);
    expect(await listSignIns({}, desk)).toBe(0);
    expect(await listSignIns({ json: true }, desk)).toBe(0);
    expect(printed[0]).toContain("sgn_1");
    expect(JSON.parse(printed[1] ?? "")).toEqual([signIn]);
  });

  it.each([
    [true, 0],
    [false, 1],
  ])("ends sign-ins (known: %s) with exit code %i", async (isKnown, code) => {
    const { desk, sent } = deskWith([], isKnown);
    expect(await endSignIns("/v1/admin/sign-ins/sgn_1", desk)).toBe(code);
    expect(sent).toEqual(["DELETE /v1/admin/sign-ins/sgn_1"]);
  });
});
