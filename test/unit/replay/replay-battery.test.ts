// The engine of replays: what an event does to the world, what a person's act is answered with, and that an expectation can fail.
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { EXIT, replayFiles } from "../../../control-plane/cli/replay-command.ts";
import { readIncident } from "../../../control-plane/replay/file/incident-file.ts";
import { schemaText } from "../../../control-plane/replay/file/published-schemas.ts";
import { refusalText } from "../../../control-plane/replay/file/written-file.ts";
import { jsonOf } from "../../../control-plane/replay/printed/replay-json.ts";
import { ReplayOutput } from "../../../control-plane/replay/printed/replay-output.ts";
import {
  headOf,
  paintFor,
  printedLine,
  timelineOf,
  verdictOf,
} from "../../../control-plane/replay/printed/replay-timeline.ts";
import { type Replay, runReplay } from "../../../control-plane/replay/run-replay.ts";
import { areMet, HOSTS, replay } from "./told-story.ts";

const docs = join(import.meta.dirname, "../../../docs");
const pagesOf = ({ record }: Replay) => record.pages.map(({ reason, host }) => `${reason} ${host}`);
const PIPED = { isColoured: false, columns: null, showClock: null };
const FAILS = "  - { at: +1m, check: { status: fail, text: refused } }";

describe("a replay", () => {
  it("of nothing decides nothing", () => {
    expect(pagesOf(replay("  []"))).toEqual([]);
  });

  it("is woken by no check result that says nothing new, and by each that does", () => {
    const passes = "  - { at: +1m, check: { status: pass, text: well }, every: 1m, repeat: 30 }";
    const { decisionCount } = replay("  []");
    expect(replay(passes).decisionCount).toBe(decisionCount);
    expect(replay(passes).record.eventCount).toBe(30);
    const turns = `${FAILS}\n  - { at: +2m, check: { status: pass, text: well } }`;
    expect(replay(turns).decisionCount).toBeGreaterThan(decisionCount + 1);
  });

  it("judges by a policy from when it is applied, though nothing else happens", () => {
    const works = "  - { at: +1m, work: { counter: jobs, add: 1 }, every: 1m, repeat: 30 }";
    const shorter = `${works}\n  - { at: +32m, policy: { rules: { no-progress: { window: 10m } } } }`;
    const firstPageAt = ({ incident, record }: Replay) =>
      ((record.pages[0]?.at ?? 0) - incident.startAt) / 60_000;
    expect(firstPageAt(replay(works))).toBeCloseTo(90, 0);
    expect(firstPageAt(replay(shorter))).toBeCloseTo(40, 0);
  });

  it("runs the example of the documentation, and meets its expectations", () => {
    const result = readIncident(join(docs, "examples/stuck-queue.yaml"));
    if (!result.ok) throw new Error(refusalText(result.error));
    expect(runReplay(result.value).expectations.filter(({ isMet }) => !isMet)).toEqual([]);
  });

  it("runs an approved restart once, verifies it and says that it is over", () => {
    const { record } = replay(`${FAILS}\n  - { at: +3m, approve: { by: operator } }`);
    expect(record.actions).toEqual([
      { at: expect.any(Number), host: "vps-1", service: "worker", action: "restart" },
    ]);
    expect(record.pages.map(({ kind }) => kind)).toEqual(["ring", "recovered"]);
  });

  it("runs nothing that nobody signed, or that was denied", () => {
    expect(replay(FAILS).record.actions).toEqual([]);
    const denied = replay(`${FAILS}\n  - { at: +3m, deny: { by: operator } }`);
    expect(denied.record.actions).toEqual([]);
  });

  it("an approved restart that helps for seven minutes is told as ineffective", () => {
    const helps = "  - { at: +0s, actuator: { helpsFor: 7m } }";
    const story = `${helps}\n${FAILS}\n  - { at: +3m, approve: { by: operator } }`;
    const told = "page: remediation-ineffective, notBefore: +3m";
    expect(areMet(story, [told])).toEqual([[told, true]]);
  });

  it("acknowledges for the hosts that are named, and for all where none is", () => {
    const hosts =
      "  - { name: vps-1, services: [{ name: worker }] }\n  - { name: vps-2, services: [{ name: worker }] }";
    const fails = "  - { at: +1m, hosts: all, check: { status: fail } }";
    const stateOf = (act: string) => {
      const { record } = replay(`${fails}\n  - { at: +5m, ${act}acknowledge: { by: operator } }`, { hosts });
      return record.turns.filter(({ state }) => state === "acknowledged").map(({ host }) => host);
    };
    expect(stateOf("hosts: vps-2, ")).toEqual(["vps-2"]);
    expect(stateOf("")).toEqual(["vps-1", "vps-2"]);
  });

  it("records what a person could not do", () => {
    const { record } = replay(
      "  - { at: +1m, approve: { by: operator } }\n  - { at: +2m, acknowledge: { by: operator } }",
    );
    expect(record.refusals.map(({ by, reason }) => `${by}: ${reason}`)).toEqual([
      "desk: nothing-to-answer",
      "desk: nothing-to-acknowledge",
    ]);
  });

  it("a freeze holds what was proposed", () => {
    const frozen = replay(
      `  - { at: +0s, freeze: { by: operator, scope: host, why: moving } }\n${FAILS}\n  - { at: +3m, approve: { by: operator } }`,
    );
    expect(frozen.record.actions).toEqual([]);
  });

  it("a silence holds pages, never detection", () => {
    const { record } = replay(`  - { at: +0s, silence: { by: operator, for: 1h, why: moving } }\n${FAILS}`);
    const [first] = record.pages;
    expect(first?.at).toBeGreaterThanOrEqual(Date.parse("2026-03-01T03:00:00Z"));
    expect(record.turns[0]?.at).toBeLessThan(Date.parse("2026-03-01T02:05:00Z"));
  });

  it("a silent host is paged within its bound, one that blinks is not", () => {
    const lost = replay("  - { at: +1m, keepalives: lost, cause: power }");
    expect(lost.record.pages[0]?.title).toContain("vps-1");
    expect(lost.record.pages[0]?.at).toBeLessThan(Date.parse("2026-03-01T02:02:05Z"));
    expect(
      pagesOf(replay("  - { at: +1m, keepalives: lost }\n  - { at: +1m30s, keepalives: resumed }")),
    ).toEqual([]);
  });

  it("a redeploy of ours pages nobody", () => {
    expect(pagesOf(replay("  - { at: +10m, controlPlane: redeployed, every: 20m }"))).toEqual([]);
  });

  it("a share of the hosts, over a while", () => {
    const hosts = "  - { name: web, count: 10, services: [{ name: shop }] }";
    const some = replay('  - { at: +1m, hosts: "20%", check: { status: fail }, over: 10m }', { hosts });
    expect(pagesOf(some).slice(0, 2)).toEqual(["check-failing web-01", "check-failing web-02"]);
    const [first, second] = some.record.pages;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(600_000);
  });

  it("a channel that swallows a page says yes, and nobody sees it", () => {
    expect(
      pagesOf(replay(`  - { at: +0s, channel: { name: terminal, state: swallows } }\n${FAILS}`)),
    ).toEqual([]);
  });

  it("a policy applied on the way holds from then on", () => {
    const off = "{ rules: { check-failing: { enabled: false } } }";
    expect(pagesOf(replay(`  - { at: +0s, policy: ${off} }\n${FAILS}`))).not.toContain("check-failing vps-1");
    expect(
      pagesOf(replay(FAILS, { options: { overrides: { rules: { "check-failing": { enabled: false } } } } })),
    ).not.toContain("check-failing vps-1");
  });
});

describe("an expectation", () => {
  it.each([
    ["page: check-failing, by: +3m", true],
    ["page: check-failing, by: +1m", false],
    ["page: check-failing, notBefore: +1h", false],
    ["page: check-failing, to: operator", true],
    ["page: check-failing, to: bob", false],
    ["noPage: any, to: bob", true],
    ["page: check-failing, says: worker", true],
    ["page: check-failing, says: Worker Is Failing", true],
    ["page: check-failing, severity: critical", false],
    ["page: check-failing, atMost: 1", false],
    ["noPage: any", false],
    ["noPage: host-silent", true],
    ["noPage: any, until: +1m", true],
    ["noRecovered: any", true],
    ["pagesAtMost: 3", false],
    ["noAction: true", true],
    ["restartsAtMost: 0", true],
    ["refused: nothing-such", false],
    ["incident: check-failing, is: open, at: +5m", true],
    ["incident: check-failing, is: resolved", false],
    ["incident: host-silent, is: none", true],
    ["liveness: up, host: vps-1, at: +5m", true],
    ["liveness: down, host: vps-1, at: +5m", false],
  ])("%s: %s", (expectation, isMet) => {
    const policy =
      "policy: { responders: [{ id: operator, name: O, channels: [terminal] }, { id: bob, name: B, channels: [terminal] }] }";
    const { expectations } = replay(FAILS, {
      hosts: `${HOSTS}\n${policy}`,
      expect: `  - { ${expectation} }`,
    });
    expect(expectations.map((judged) => judged.isMet)).toEqual([isMet]);
  });
});

describe("a refusal that is expected", () => {
  const memory = `  - { at: +1m, unit: { state: failed, oomKill: kernel } }\n${FAILS}`;

  it.each([
    ["refused: restart-pointless", true],
    ["refused: memory", true],
    ["refused: Memory", true],
    ["refused: restart-pointless, says: memory", true],
    ["refused: restart-pointless, says: auth", false],
    ["refused: budget-used-up", false],
    ["refused: auth", false],
  ])("is named by its reason or by its words: %s is %s", (expectation, isMet) => {
    const { expectations } = replay(memory, { expect: `  - { ${expectation} }` });
    expect(expectations.map((judged) => judged.isMet)).toEqual([isMet]);
  });
});

describe("what is printed", () => {
  it("is one JSON document, with seconds and instants", () => {
    const json = JSON.parse(JSON.stringify(jsonOf(replay(FAILS)))) as Record<
      string,
      { seconds: number; at: string }[]
    >;
    expect(Object.keys(json)).toEqual(
      expect.arrayContaining(["pages", "incidents", "proposals", "actions", "refusals", "expectations"]),
    );
    const page = json["pages"]?.[0];
    expect(new Date(page?.at ?? 0).getTime()).toBe(
      Date.parse("2026-03-01T02:00:00Z") + (page?.seconds ?? 0) * 1_000,
    );
  });

  it("is what its published schema says, for every outage and for a wrong file", async () => {
    const folder = join(import.meta.dirname, "../../incidents");
    const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
    for (const given of [files.map((name) => join(folder, name)), ["/nowhere.yaml"]]) {
      const printed: string[] = [];
      const print = (text: string) => printed.push(text);
      await replayFiles(given, { json: true, until: "12h" }, { print, complain: print, ...PIPED });
      ReplayOutput.parse(JSON.parse(printed.join("")));
    }
    // else: countersign schema replay > docs/schemas/replay.schema.json, and oxfmt
    const published = readFileSync(join(docs, "schemas/replay.schema.json"), "utf8");
    expect(JSON.parse(published)).toEqual(JSON.parse(schemaText("replay")));
  });

  it("ends with 0, 1 or 2", async () => {
    const example = join(docs, "examples/stuck-queue.yaml");
    const printed: string[] = [];
    const output = {
      print: (text: string) => printed.push(text),
      complain: (text: string) => printed.push(text),
      ...PIPED,
    };
    expect(await replayFiles([example], {}, output)).toBe(EXIT.ok);
    expect(printed.join("\n")).toMatch(/PAGE alice \[no-progress\]/);
    expect(await replayFiles([example], { until: "10m" }, output)).toBe(EXIT.unmet);
    printed.length = 0;
    expect(await replayFiles([example, "/nowhere.yaml"], { json: true }, output)).toBe(EXIT.badInput);
    expect(JSON.parse(printed.join(""))).toEqual({
      errors: [{ file: "/nowhere.yaml", path: "", line: 1, column: 1, message: "there is no such file" }],
    });
  });

  it("watched at a speed, tells the same story", async () => {
    const lines: string[] = [];
    const output = { print: (text: string) => lines.push(text), complain: () => {}, ...PIPED };
    const example = join(docs, "examples/stuck-queue.yaml");
    await replayFiles([example], { speed: 200_000 }, output);
    const watched = lines.splice(0);
    await replayFiles([example], {}, output);
    expect(watched).toEqual(lines);
  });

  it("steers no terminal: what a file says is shown, not obeyed", async () => {
    const hostile = '"\\e[2J\\x9b5m\\u202e\\r\\nfake"';
    const { incident } = replay(
      `  - { at: +1m, note: ${hostile} }
  - { at: +2m, check: { status: fail, text: ${hostile} } }
  - { at: +20m, freeze: { by: operator, scope: host, why: ${hostile} } }`,
      {
        hosts: `${HOSTS.replace("worker", `worker, unit: ${hostile}`)}\nassume: [${hostile}]`,
        expect: `  - { page: check-failing, says: ${hostile} }\n  - { noPage: any, because: ${hostile} }`,
      },
    );
    const file = join(mkdtempSync(join(tmpdir(), "countersign-replay-")), "\u001b[2Jx.yaml");
    writeFileSync(file, `k: ${hostile}\n${hostile}: 1\n`);
    const printed: string[] = [];
    const output = {
      print: (text: string) => printed.push(text),
      complain: (text: string) => printed.push(text),
    };
    const style = { startAt: incident.startAt, paint: paintFor(false), columns: 80 };
    const story = runReplay(incident);
    printed.push(headOf(incident), verdictOf(story, style.paint));
    for (const line of timelineOf(story)) printed.push(printedLine(line, style));
    await replayFiles([file], {}, { ...output, ...PIPED });
    expect(printed.join("\n")).toContain("\\u{202e}");
    expect(printed.join("\n")).not.toMatch(/[[\p{Cc}\p{Cf}]--\n]/v);
    expect(printed.some((text) => text.split("\n").includes("fake"))).toBe(false);
  });

  it("fits a terminal of 80 columns, with the text below the text", () => {
    const { incident, record } = replay(`  - { at: +1m, note: "${"words of a post-mortem ".repeat(12)}" }`);
    const style = { startAt: incident.startAt, paint: paintFor(true), columns: 80 };
    const lines = timelineOf({ record }).flatMap((line) => printedLine(line, style).split("\n"));
    expect(lines.length).toBeGreaterThan(4);
    for (const line of lines) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(80);
    expect(lines.at(-1)).toMatch(/^ {14}\S/);
  });

  it("the published schema is the one that reads", () => {
    // else: countersign schema incident > docs/schemas/incident.schema.json, and oxfmt
    const published = readFileSync(join(docs, "schemas/incident.schema.json"), "utf8");
    expect(JSON.parse(published)).toEqual(JSON.parse(schemaText("incident")));
  });

  it("the documentation names every word of the format", () => {
    const text = readFileSync(join(docs, "replay.md"), "utf8");
    const schema = JSON.parse(schemaText("incident")) as {
      properties: Record<"events" | "expect", { items: { properties: Record<string, unknown> } }>;
    };
    const { events, expect: expectations } = schema.properties;
    const words = [
      ...Object.keys(schema.properties),
      ...Object.keys(events.items.properties),
      ...Object.keys(expectations.items.properties),
    ];
    expect(words.filter((word) => !text.includes(`\`${word}`))).toEqual([]);
  });
});

describe("rules in shadow", () => {
  const SHADOW = { options: { overrides: { rules: { "stale-code": { shadow: true } } } } };
  const TWO =
    "  - { name: vps-1, services: [{ name: worker }] }\n  - { name: vps-2, services: [{ name: worker }] }";
  const events = `  - { at: +1m, hosts: all, codeChanged: {} }
  - { at: +40m, hosts: vps-1, falseAlarm: { by: operator, reason: stale-code } }
  - { at: +41m, hosts: vps-1, falseAlarm: { by: operator } }
  - { at: +45m, hosts: all, restart: { by: person } }
  - { at: +50m, hosts: vps-2, falseAlarm: { by: operator, reason: check-failing } }
  - { at: +51m, hosts: vps-2, service: worker, falseAlarm: { by: operator } }`;

  it("page nobody, and count what they would have done; people mark what was nothing, also when it is over", () => {
    const { record } = replay(events, { hosts: TWO, ...SHADOW });
    expect(record.pages).toEqual([]);
    expect(record.shadowCounts).toMatchObject([
      { reason: "stale-code", wouldHavePaged: 2, wouldHaveActed: 0, falseAlarms: 2 },
    ]);
    expect(record.refusals.map(({ at, reason }) => [at - Date.UTC(2026, 2, 1, 2), reason])).toEqual([
      [41 * 60_000, "nothing-to-mark"],
      [50 * 60_000, "nothing-to-mark"],
    ]);
  });

  it.each([
    ["{ shadow: stale-code, by: +32m }", true],
    ["{ shadow: stale-code, by: +30m }", false],
    ["{ shadow: stale-code, by: +32m, host: vps-2 }", true],
    ["{ shadow: stale-code, wouldHavePaged: 2, wouldHaveActed: 0, falseAlarms: 2 }", true],
    ["{ shadow: stale-code, wouldHavePaged: 1 }", false],
    ["{ shadow: stale-code, falseAlarms: 1 }", false],
    ["{ shadow: check-failing, wouldHavePaged: 0, falseAlarms: 0 }", true],
    ["{ shadow: check-failing, by: +2h }", false],
  ])("meet %s: %s", (expectation, isMet) => {
    const { expectations } = replay(events, { hosts: TWO, expect: `  - ${expectation}`, ...SHADOW });
    expect(expectations.map((judged) => judged.isMet)).toEqual([isMet]);
    expect(expectations[0]?.found).toMatch(/^would have paged \d×, acted 0×, false alarms \d/);
  });
});
