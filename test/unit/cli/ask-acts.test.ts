// `countersign ask`: which host it finds, what it looks at, the link that it prints, and that it asks for nothing itself. The real API is in
// test/actors/api/command.test.ts.
import { describe, expect, it } from "vitest";
import { ok } from "@countersign/shared/values/result";
import type { OperatorApi } from "../../../control-plane/cli/api-calls.ts";
import { printAskLink } from "../../../control-plane/cli/ask-acts.ts";

const HOST_ID = `host_${"a".repeat(32)}`;
const FORM = {
  url: `https://desk.test/ask/${HOST_ID}`,
  name: "web-1",
  liveness: "up",
  offered: [{ service: "demo", action: "restart", level: 4 }],
  cannotRun: null,
};
const WANTED = { host: HOST_ID, service: "demo", action: "restart", why: "the key is new & good" };

function deskWith(form: object = FORM, names: readonly string[] = ["web-1", "web-10"]) {
  const [printed, complained, asked]: [string[], string[], string[]] = [[], [], []];
  const hosts = names.map((name, index) => ({ name, hostId: index === 0 ? HOST_ID : `host_${index}` }));
  const ask = async (call: string) => {
    asked.push(call);
    return ok(call === "GET /v1/admin/hosts" ? { hosts } : form);
  };
  const output = {
    print: (text: string) => void printed.push(text),
    complain: (text: string) => void complained.push(text),
  };
  return { desk: { api: { ask } as unknown as OperatorApi, output }, printed, complained, asked };
}

describe("countersign ask", () => {
  it("prints the form's link, filled in, and only reads", async () => {
    const { asked, desk, printed } = deskWith();
    expect(await printAskLink({ ...WANTED, incident: "inc_1" }, desk)).toBe(0);
    const url = new URL(printed[0] ?? "");
    expect(`${url.origin}${url.pathname}`).toBe(FORM.url);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      service: "demo",
      action: "restart",
      why: WANTED.why,
      incident: "inc_1",
    });
    expect(asked.every((call) => call.startsWith("GET "))).toBe(true);
  });

  it("finds a host by its exact name, and by no part of one", async () => {
    const found = deskWith();
    expect(await printAskLink({ ...WANTED, host: "web-1" }, found.desk)).toBe(0);
    const lost = deskWith();
    expect(await printAskLink({ ...WANTED, host: "web" }, lost.desk)).toBe(1);
    expect([lost.printed, lost.asked]).toEqual([[], ["GET /v1/admin/hosts"]]);
  });

  it.each([{ action: "purge" }, { service: "other" }])(
    "refuses what the host does not offer: %j",
    async (other) => {
      const { complained, desk, printed } = deskWith();
      expect(await printAskLink({ ...WANTED, ...other }, desk)).toBe(1);
      expect([printed, complained[0]?.includes("demo restart")]).toEqual([[], true]);
    },
  );

  it.each([
    [{ liveness: "late" }, "late"],
    [{ cannotRun: "frozen" }, "frozen"],
    [{ liveness: null, offered: [] }, "does not answer"],
  ])("says what keeps it from running now, and prints the link all the same: %j", async (change, word) => {
    const { complained, desk, printed } = deskWith({ ...FORM, ...change });
    expect(await printAskLink(WANTED, desk)).toBe(0);
    expect([printed.length, complained[0]?.includes(word)]).toEqual([1, true]);
  });

  it("prints one JSON document", async () => {
    const { desk, printed } = deskWith();
    expect(await printAskLink({ ...WANTED, json: true }, desk)).toBe(0);
    expect(JSON.parse(printed.join(""))).toMatchObject({
      hostId: HOST_ID,
      service: "demo",
      action: "restart",
      level: 4,
      liveness: "up",
      cannotRun: null,
    });
  });
});
