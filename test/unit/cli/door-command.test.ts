// `countersign sessions`: what is asked of the API, and exit codes. The real API is in test/actors/people/sessions.test.ts.
import { ok, refuse } from "@countersign/shared/values/result";
import { describe, expect, it } from "vitest";
import { endSessions, listSessions } from "../../../control-plane/cli/door-command.ts";
import type { OperatorApi } from "../../../control-plane/cli/operator-api.ts";

function deskWith(sessions: readonly object[], isKnown = true) {
  const [printed, sent]: [string[], string[]] = [[], []];
  const api: OperatorApi = {
    get: async <T>() => ok({ sessions } as T),
    send: async <T>(method: string, path: string) => {
      sent.push(`${method} ${path}`);
      if (!isKnown) return refuse({ reason: "refused" as const, sentence: "No.", problem: null });
      return ok({ ended: 2 } as T);
    },
  };
  const output = { print: (text: string) => void printed.push(text), complain: () => {} };
  return { desk: { api, output }, printed, sent };
}

describe("countersign sessions", () => {
  it("lists who is signed in", async () => {
    const session = { sessionId: "ses_1", deviceName: "Phone", responder: "ada", openedAt: 0 };
    const { desk, printed } = deskWith([session]);
    expect(await listSessions({}, desk)).toBe(0);
    expect(await listSessions({ json: true }, desk)).toBe(0);
    expect(printed[0]).toContain("ses_1");
    expect(JSON.parse(printed[1] ?? "")).toEqual([session]);
  });

  it.each([
    [true, 0],
    [false, 1],
  ])("ends sessions (known: %s) with exit code %i", async (isKnown, code) => {
    const { desk, sent } = deskWith([], isKnown);
    expect(await endSessions("/v1/admin/sessions/ses_1", desk)).toBe(code);
    expect(sent).toEqual(["DELETE /v1/admin/sessions/ses_1"]);
  });
});
