// `countersign sign-ins` and `tokens`: what is asked of the API, what is printed, and exit codes. The real API is in
// test/actors/people/sign-ins.test.ts and test/actors/api/command.test.ts.
import { describe, expect, it } from "vitest";
import { ok, refuse } from "@countersign/shared/values/result";
import type { OperatorApi } from "../../../control-plane/cli/api-calls.ts";
import {
  endSignIns,
  listSignIns,
  makeEnrolmentToken,
  makeSignInLink,
} from "../../../control-plane/cli/people/sign-in-acts.ts";

function deskWith(answer: object | null) {
  const [printed, complained, asked]: [string[], string[], unknown[]] = [[], [], []];
  const ask = async (call: string, asking: object) => {
    asked.push([call, asking]);
    return answer === null ? refuse({ reason: "refused", sentence: "No.", problem: null }) : ok(answer);
  };
  const output = {
    print: (text: string) => void printed.push(text),
    complain: (text: string) => void complained.push(text),
  };
  return { desk: { api: { ask } as unknown as OperatorApi, output }, printed, complained, asked };
}

describe("countersign sign-ins", () => {
  it("lists who is signed in, as a table and as it was answered", async () => {
    const signIns = [{ signInId: "sgn_1", deviceName: "Phone", responder: "ada", openedAt: 0, expiresAt: 9 }];
    const { desk, printed } = deskWith({ signIns });
    expect(await listSignIns({}, desk, 7_200_000)).toBe(0);
    expect(await listSignIns({ json: true }, desk, 0)).toBe(0);
    expect(printed[0]?.split("\n")[1]).toBe("sgn_1  2h   ada     Phone");
    expect(JSON.parse(printed[1] ?? "")).toEqual({ signIns });
  });

  it.each([
    [{ ended: 2 }, 0],
    [null, 1],
  ])("ends sign-ins (%j) with exit code %i", async (answer, code) => {
    const { asked, desk } = deskWith(answer);
    expect(await endSignIns({ signInId: "sgn_1" }, {}, desk)).toBe(code);
    expect(await endSignIns({ responder: "ada" }, {}, desk)).toBe(code);
    expect(asked).toEqual([
      ["DELETE /v1/admin/sign-ins/:id", { params: { id: "sgn_1" } }],
      ["DELETE /v1/admin/responders/:id/sign-ins", { params: { id: "ada" } }],
    ]);
  });
});

describe("countersign tokens", () => {
  it("prints the token or the link alone on stdout", async () => {
    const enrol = deskWith({ token: "cse_x", expiresAt: 0 });
    expect(await makeEnrolmentToken({}, enrol.desk)).toBe(0);
    expect(enrol.printed).toEqual(["cse_x"]);
    const link = deskWith({ delivery: "printed", token: "csi_x", expiresAt: 0, url: "https://desk.test/x" });
    expect(await makeSignInLink("ada", {}, link.desk)).toBe(0);
    expect(link.printed).toEqual(["https://desk.test/x"]);
  });

  it("prints no link that was sent, and ends with 1 when it was refused", async () => {
    const sent = deskWith({ delivery: "paged", channel: "ntfy", expiresAt: 0 });
    expect(await makeSignInLink("ada", {}, sent.desk)).toBe(0);
    expect(sent.printed.join()).not.toContain("http");
    expect(await makeSignInLink("ada", {}, deskWith(null).desk)).toBe(1);
  });
});
