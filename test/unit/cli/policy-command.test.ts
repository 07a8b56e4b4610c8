// `countersign policy`: exit codes, what is printed, and that nothing is sent that was not looked at. The API is a fake one here; the
// real one is in test/actors/desk/policy.test.ts.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { ok, refuse } from "@countersign/shared/values/result";
import type { OperatorApi } from "../../../control-plane/cli/api-calls.ts";
import { openApi } from "../../../control-plane/cli/operator-api.ts";
import {
  applyPolicy,
  checkPolicies,
  diffFiles,
  listHistory,
  promotePolicy,
  showPolicy,
  showShadow,
  undoPolicy,
} from "../../../control-plane/cli/policy/policy-acts.ts";
import { byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { promoteText } from "../../../control-plane/src/policy/policy-promotion.ts";

const folder = mkdtempSync(join(tmpdir(), "policy-command-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const good = fileOf("good.yaml", "version: 1\nverify: { stability: 5m }\n");
const other = fileOf("other.yaml", "version: 1\nverify: { stability: 9m }\n");
const wrong = fileOf("wrong.yaml", "version: 1\nverfy: {}\n");

let printed: string[];
let complained: string[];
let sent: { readonly method: string; readonly path: string; readonly body: object }[];
const output = {
  print: (text: string) => void printed.push(text),
  complain: (text: string) => void complained.push(text),
};

beforeEach(() => {
  printed = [];
  complained = [];
  sent = [];
});

/** A desk with a policy in force; `refusal` is what it says to every act. */
function deskWith(
  text: string,
  refusal: { status: number; problems?: object[] } | null = null,
  answer: object = {},
) {
  const history = [
    {
      version: 3,
      hash: "ab".repeat(32),
      appliedAt: 0,
      appliedBy: byPerson("ada"),
      why: "calmer",
      restores: 1,
    },
  ];
  const ask = async (call: string, { body = {} }: { body?: object }) => {
    const [method = "", path = ""] = call.split(" ");
    if (method === "GET")
      return ok(path.endsWith("shadow") ? SHADOW : { version: 3, text, problem: null, history });
    if (path.endsWith("dry-run")) return ok({ ...PLAN, ...answer });
    sent.push({ method, path, body });
    if (refusal !== null)
      return refuse({ reason: "refused" as const, sentence: "No.", problem: { ...refusal } });
    return ok({ version: 4, hash: "cd", ...answer });
  };
  const api = { ask } as unknown as OperatorApi;
  return { api, output };
}

const PLAN = {
  version: 3,
  same: null,
  restores: null,
  text: "",
  losesAccess: [],
  leavesNobody: false,
  warnings: [],
  unbound: [],
};

const SHADOW = {
  counts: [{ reason: "stale-code", sinceAt: 0, wouldHavePaged: 4, wouldHaveActed: 1, falseAlarms: 2 }],
  findings: [
    {
      findingId: "stale-code:web-1:0",
      firedAt: 0,
      endedAt: null,
      falseAlarmBy: byPerson("ada"),
      signal: { title: "old code" },
    },
  ],
};

describe("check", () => {
  it("ends with 0 for good files, and with 2 for wrong ones with their place", () => {
    expect(checkPolicies([good], {}, output)).toBe(0);
    expect(printed).toEqual([expect.stringContaining("good.yaml: a policy with 1 responders")]);
    expect(checkPolicies([good, wrong], {}, output)).toBe(2);
    expect(complained).toEqual([`${wrong}:2:1: verfy: unknown key, did you mean "verify"?`]);
    expect(checkPolicies([join(folder, "none.yaml")], { json: true }, output)).toBe(2);
    expect(JSON.parse(printed.at(-1) ?? "")).toMatchObject([{ ok: false, problems: [{ line: 1 }] }]);
  });
});

describe("diff", () => {
  it("ends with 0 for the same, 1 for a difference, 2 for a wrong file", () => {
    expect(diffFiles([good, good], {}, output)).toBe(0);
    expect(diffFiles([good, other], {}, output)).toBe(1);
    expect(diffFiles([good, wrong], {}, output)).toBe(2);
    expect(diffFiles([good, other], { json: true }, output)).toBe(1);
    expect(printed.slice(0, 2)).toEqual(["No difference in meaning.", "~ verify.stability: 5m → 9m"]);
    expect(JSON.parse(printed.at(-1) ?? "")).toMatchObject([
      { path: "verify.stability", from: "5m", to: "9m" },
    ]);
  });
});

describe("apply", () => {
  it.each([
    [{ warnings: [{ reason: "no-channel" }, { reason: "person-unreachable", responder: "ada" }] }, 2],
    [{}, 0],
  ])("is done and warns of what is wrong with the way to people: %j", async (answer, count) => {
    expect(await applyPolicy(other, {}, deskWith("version: 1", null, answer))).toBe(0);
    expect(complained).toHaveLength(count);
    complained.length = 0;
    expect(await undoPolicy({}, deskWith("version: 1", null, answer))).toBe(0);
    expect(complained).toHaveLength(count);
  });

  it("sends the file for the version it has seen, and says what changed", async () => {
    expect(await applyPolicy(other, { by: "ada", why: "slower" }, deskWith("version: 1"))).toBe(0);
    const text = "version: 1\nverify: { stability: 9m }\n";
    const body = { text, expectedVersion: 3, by: "ada", why: "slower" };
    expect(sent).toEqual([{ method: "PUT", path: "/v1/admin/policy", body }]);
    expect(printed).toEqual(["~ verify.stability: 10m → 9m", "Applied: version 4 is in force."]);
  });

  it("says what an undo changed: a second one takes back what came before, a channel too", async () => {
    const texts = ["version: 1\nverify: { stability: 9m }\n", "version: 1\nverify: { stability: 5m }\n"];
    const undoing = (versions: readonly number[]) => {
      let asked = -1;
      const ask = async (call: string) => {
        if (!call.startsWith("GET")) return ok({ version: 4, hash: "cd" });
        asked += 1;
        return ok({ version: versions[asked], text: texts[asked], problem: null, history: [] });
      };
      return { api: { ask } as unknown as OperatorApi, output };
    };
    expect(await undoPolicy({}, undoing([3, 4]))).toBe(0);
    expect(printed).toEqual(["~ verify.stability: 9m → 5m", "Undone: version 4 is in force."]);
    printed.length = 0;
    // Somebody applied another one meanwhile.
    expect(await undoPolicy({}, undoing([3, 5]))).toBe(0);
    expect(printed).toEqual(["Undone: version 4 is in force."]);
    printed.length = 0;
    expect(await undoPolicy({ json: true }, undoing([3, 4]))).toBe(0);
    expect(JSON.parse(printed.join())).toMatchObject({ version: 4, changes: [{ from: "9m", to: "5m" }] });
  });

  it("sends nothing of a wrong file, nor when it is a dry run", async () => {
    expect(await applyPolicy(wrong, {}, deskWith("version: 1"))).toBe(2);
    expect(await applyPolicy(other, { dryRun: true }, deskWith("version: 1"))).toBe(1);
    expect(sent).toEqual([]);
  });

  it.each(["text", "meaning"] as const)(
    "of what is in force already (%s) is nothing, and ends with 0",
    async (same) => {
      const desk = deskWith("version: 1", null, { version: 3, same });
      expect(await applyPolicy(good, {}, desk)).toBe(0);
      expect(await applyPolicy(good, { dryRun: true }, desk)).toBe(0);
      expect(printed).toHaveLength(2);
      expect(printed[0]).toContain("version 3");
      expect(printed[1]).toBe(printed[0]);
      await applyPolicy(good, { keepText: true }, deskWith("version: 1"));
      expect(sent.at(-1)?.body).toMatchObject({ keepText: true });
      expect(sent[0]?.body).not.toHaveProperty("keepText");
    },
  );

  it("as a dry run says what changes, who leaves, what is not bound and what would be refused", async () => {
    const plan = {
      losesAccess: ["operator"],
      leavesNobody: true,
      warnings: [{ reason: "no-channel" }],
      unbound: [{ channel: "phone", secret: "CHANNEL_NTFY" }],
    };
    expect(await applyPolicy(other, { dryRun: true, json: true }, deskWith("version: 1", null, plan))).toBe(
      1,
    );
    expect(JSON.parse(printed[0] ?? "")).toMatchObject({
      version: 3,
      wouldChange: true,
      wouldBeRefused: "nobody-left",
      losesAccess: ["operator"],
      unbound: [{ channel: "phone", secret: "CHANNEL_NTFY" }],
      warnings: [{ reason: "no-channel" }],
      words: [{ part: "runs" }],
      changes: [{ path: "verify.stability", from: "10m", to: "9m" }],
    });
    expect(await applyPolicy(other, { dryRun: true }, deskWith("version: 1", null, plan))).toBe(1);
    const said = complained.join("\n");
    for (const name of ["operator", "--yes", "CHANNEL_NTFY", "phone"]) expect(said).toContain(name);
  });

  it("as a dry run announces no list of changes where the version in force cannot be read", async () => {
    expect(await applyPolicy(other, { dryRun: true }, deskWith("version: 7\nfrom: later"))).toBe(1);
    expect(printed).toHaveLength(1);
    expect(printed[0]).not.toMatch(/:$/);
  });

  it("ends with 1 when it is refused, and with 2 when the desk finds the text wrong", async () => {
    expect(await applyPolicy(other, { expect: 2 }, deskWith("version: 1", { status: 409 }))).toBe(1);
    expect(sent[0]?.body).toMatchObject({ expectedVersion: 2 });
    const problems = [{ path: "verify", line: 1, column: 1, message: "no" }];
    expect(await applyPolicy(other, {}, deskWith("version: 1", { status: 422, problems }))).toBe(2);
    expect(complained).toEqual(["No.", "No.", "policy:1:1: verify: no"]);
  });
});

describe("a policy that takes somebody's access away", () => {
  const left = { status: 409, type: "urn:countersign:problem:nobody-left", losesAccess: ["operator"] };
  const ada = fileOf(
    "ada.yaml",
    "version: 1\nresponders: [{ id: ada, name: Ada, channels: [terminal] }]\nescalation: { steps: [{ notify: [ada], after: 0s }] }\n",
  );

  it("is refused with who it is, until it is confirmed", async () => {
    expect(await applyPolicy(ada, {}, deskWith("version: 1", left))).toBe(1);
    expect(complained.at(-1)).toContain("operator");
    expect(sent[0]?.body).not.toHaveProperty("confirm");
    expect(await applyPolicy(ada, { yes: true }, deskWith("version: 1"))).toBe(0);
    expect(sent[1]?.body).toMatchObject({ confirm: true });
    expect(await undoPolicy({ yes: true }, deskWith("version: 1"))).toBe(0);
    expect(sent[2]?.body).toMatchObject({ confirm: true });
  });

  it("says so in a dry run, and before it is done", async () => {
    await applyPolicy(ada, { dryRun: true }, deskWith("version: 1", null, { losesAccess: ["operator"] }));
    await applyPolicy(ada, {}, deskWith("version: 1", null, { losesAccess: ["operator"] }));
    expect(complained.map((line) => line.includes("operator"))).toEqual([true, true]);
  });
});

describe("promote", () => {
  const shadowed = "version: 1\n# nights only\nrules:\n  stale-code: { shadow: true, after: 1h } # soon\n";

  it("takes one rule out of shadow and leaves the rest of the text as it is", async () => {
    expect(await promotePolicy("stale-code", {}, deskWith(shadowed))).toBe(0);
    const text = "version: 1\n# nights only\nrules:\n  stale-code: { after: 1h } # soon\n";
    expect(sent[0]?.body).toEqual({ text, expectedVersion: 3, why: "promote stale-code" });
  });

  it.each([
    ["an unknown rule", shadowed, "stale-cod", "unknown-rule"],
    ["a rule in earnest", shadowed, "no-progress", "not-in-shadow"],
    ["one rule of a policy in shadow", "version: 1\nshadow: true", "stale-code", "whole-policy"],
    ["a policy in earnest", shadowed, null, "not-in-shadow"],
    ["a text that cannot be read", "version: 2", "stale-code", "unreadable"],
  ])("refuses %s", (_what, text, reason, refusal) => {
    expect(promoteText(text, reason)).toMatchObject({ ok: false, error: { reason: refusal } });
  });

  it("takes the whole policy out of shadow", () => {
    expect(promoteText("version: 1\nshadow: true\n", null)).toEqual({ ok: true, value: "version: 1\n" });
  });
});

describe("show, history, shadow, undo", () => {
  it("print what the desk has", async () => {
    const desk = deskWith("version: 1\n");
    expect(await showPolicy({}, desk)).toBe(0);
    expect(await listHistory({}, desk)).toBe(0);
    expect(await showShadow({}, desk)).toBe(0);
    expect(await undoPolicy({}, desk)).toBe(0);
    expect(printed).toEqual([
      "version: 1",
      "3  1970-01-01T00:00:00Z  ada  abababababab undo, back to 1  calmer",
      "stale-code: would have paged 4×, would have acted 1×, false alarms 2, since 1970-01-01T00:00:00Z",
      "  stale-code:web-1:0  old code (1970-01-01T00:00:00Z, fires still, a false alarm says ada)",
      "Undone: version 4 is in force.",
    ]);
  });
});

describe("the admin token's file", () => {
  it.each([
    ["no address", {}, "Say where"],
    ["no file", { url: "https://desk.test" }, "Name a file"],
    ["a missing file", { url: "https://desk.test", adminTokenFile: join(folder, "none") }, "ENOENT"],
    [
      "a file of something else",
      { url: "https://desk.test", adminTokenFile: good },
      "does not hold an admin token",
    ],
  ])("%s is refused in a sentence that shows no content", (_what, options, sentence) => {
    const opened = openApi(options, {});
    expect(opened.ok ? "" : opened.error.sentence).toContain(sentence);
    expect(opened.ok ? "" : opened.error.sentence).not.toContain("stability");
  });

  it.each([
    "http://desk.test",
    "http://8.8.8.8",
    "https://ada:secret@desk.test",
    "ftp://desk.test",
    "desk.test",
  ])("never sends the admin token to %s", (url) => {
    const opened = openApi({ url, adminTokenFile: fileOf("token", "t".repeat(40)) }, {});
    expect(opened.ok ? null : opened.error.reason).toBe("options");
  });
});

it("an answer that has no end is refused, and its sender hears no more", async () => {
  const chunk = Buffer.alloc(1_048_576, "x");
  const hasGone = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    const write = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", write).on("close", () => hasGone.resolve());
    write();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const opened = openApi({ url, adminTokenFile: fileOf("token", "t".repeat(40)) }, {});
  const asked = opened.ok ? await opened.value.ask("GET /v1/admin/policy", {}) : opened;
  expect(asked.ok ? null : asked.error.reason).toBe("not-reachable");
  await hasGone.promise;
  server.close();
});
