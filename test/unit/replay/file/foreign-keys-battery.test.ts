// Each word of an incident file has its own keys: one that belongs to another word, or means nothing beside what else is said, is refused
// with its place, and all of them at once.
import { describe, expect, it } from "vitest";
import {
  EXPECTATION_KEYS,
  EXPECTATION_WORDS,
  type ExpectationWord,
} from "../../../../control-plane/replay/file/expectation-format.ts";
import { parseIncident } from "../../../../control-plane/replay/file/incident-file.ts";

const HEAD = `version: 1
title: keys
start: 2026-03-01T02:00:00Z
end: +1h
hosts:
  - { name: vps-1, services: [{ name: worker }] }
`;

/** `LINE:COLUMN path`, one for each mistake. */
function placesIn(text: string): readonly string[] {
  const result = parseIncident("f.yaml", text);
  if (result.ok) return [];
  return result.error.problems.map(({ line, column, path }) => `${line}:${column} ${path}`);
}

const placesOfEvent = (event: string) => placesIn(`${HEAD}events:\n  - { at: +1m, ${event} }\n`);
const placesOfExpectation = (expected: string) =>
  placesIn(`${HEAD}events: []\nexpect:\n  - { ${expected} }\n`);

describe("beside a word of an event", () => {
  it.each([
    ["a cause without a loss", "check: { status: fail }, cause: power", "cause"],
    ["a service of a whole host", "service: worker, keepalives: lost", "service"],
    ["a service that leaves", "service: worker, leaves: { reason: a, returnWithin: 1m }", "service"],
    ["hosts of a policy", "hosts: vps-1, policy: {}", "hosts"],
    ["a service of a note", "service: worker, note: a", "service"],
    ["a spread of a channel", "over: 5m, channel: { name: terminal, state: fails }", "over"],
    ["a spread over one host", "over: 5m, keepalives: lost", "over"],
    ["who supervises systemd", "restart: { by: systemd, supervisor: cron }", "restart.supervisor"],
    ["who supervises a person", "restart: { by: person, supervisor: cron }", "restart.supervisor"],
    ["who supervises nobody known", "restart: { supervisor: cron }", "restart.supervisor"],
    ["how grave a pass is", "check: { status: pass, severity: critical }", "check.severity"],
    ["the class of a pass", "check: { status: pass, class: auth }", "check.class"],
    ["the class of no result", "check: { status: missing, class: auth }", "check.class"],
    ["the class of an answer", "provider: { name: dns, ok: true, class: network }", "provider.class"],
    ["the target of a file", "credential: { name: key, target: /srv/key }", "credential.target"],
    [
      "an expiry that is unreadable",
      "credential: { name: key, expires: +1d, unreadable: true }",
      "credential.expires",
    ],
    ["how what runs has ended", "unit: { state: active, exitCode: 1 }", "unit.exitCode"],
    [
      "a service of a brake on the host",
      "service: worker, freeze: { by: operator, scope: host, why: a }",
      "service",
    ],
    ["an actuator that does nothing new", "actuator: {}", "actuator"],
    ["a service of all executions", "service: worker, actuator: { executions: failed }", "service"],
    ["a channel that there is not", "channel: { name: termnial, state: fails }", "channel.name"],
  ])("%s is refused", (_what, event, key) => {
    const [place, ...others] = placesOfEvent(event);
    expect(others).toEqual([]);
    const name = key.split(".").at(-1) ?? "";
    const column = `  - { at: +1m, ${event}`.indexOf(`${name}:`) + 1;
    expect(place).toBe(`8:${column} events[0].${key}`);
  });

  it("a service is said where several could be braked", () => {
    const two = HEAD.replace("{ name: worker }", "{ name: worker }, { name: web }");
    const brake = "freeze: { by: operator, scope: service, why: a }";
    expect(placesIn(`${two}events:\n  - { at: +1m, ${brake} }\n`)).toEqual(["8:40 events[0].freeze.scope"]);
    expect(placesIn(`${two}events:\n  - { at: +1m, service: web, ${brake} }\n`)).toEqual([]);
  });

  it.each([
    "hosts: vps-1, over: 5m, keepalives: lost, cause: power",
    "restart: { by: watchdog, supervisor: monit }",
    "restart: { by: self, supervisor: pm2 }",
    "check: { status: fail, class: auth, severity: critical }",
    "check: { status: missing, text: it hangs }",
    "unit: { state: activating, exitCode: 1 }",
    "service: worker, actuator: { helpsFor: 1m }",
    "service: worker, freeze: { by: operator, scope: service, why: a }",
    "service: worker, acknowledge: { by: operator }",
  ])("stands what means something: %s", (event) => {
    expect(placesOfEvent(event)).toEqual([]);
  });

  it("names no host where the whole fleet is meant, though there are several", () => {
    const three = HEAD.replace("name: vps-1", "name: vps, count: 3");
    const act = (word: string) => placesIn(`${three}events:\n  - { at: +1m, ${word} }\n`);
    expect(act("freeze: { by: operator, scope: fleet, why: a }")).toEqual([]);
    expect(act("unfreeze: { by: operator, scope: fleet, why: a }")).toEqual([]);
    expect(act("hosts: all, freeze: { by: operator, scope: fleet, why: a }")).toEqual([]);
    expect(act("silence: { by: operator, for: 1h, why: a, reason: fleet-silent }")).toEqual([]);
    expect(act("service: worker, silence: { by: operator, for: 1h, why: a }")).toEqual([]);
    expect(act("silence: { by: operator, for: 1h, why: a }")).toEqual(["8:5 events[0]"]);
    expect(act("acknowledge: { by: operator }")).toEqual([]);
    expect(act("freeze: { by: operator, scope: host, why: a }")).toEqual(["8:5 events[0]"]);
    expect(act("service: web, acknowledge: { by: operator }")).toEqual(["8:16 events[0].service"]);
  });
});

/** Each word with what it needs. */
const WORDS: Readonly<Record<ExpectationWord, string>> = {
  page: "page: host-silent",
  noPage: "noPage: any",
  noPageSays: "noPageSays: sudo",
  recovered: "recovered: any",
  noRecovered: "noRecovered: any",
  recoveredAtMost: "recoveredAtMost: 3",
  drill: "drill: sent",
  noDrill: "noDrill: confirmed",
  question: "question: any",
  noQuestion: "noQuestion: restart",
  approval: "approval: any, is: none",
  proposalsAtMost: "proposalsAtMost: 3",
  pagesAtMost: "pagesAtMost: 3",
  noAction: "noAction: true",
  restartsAtMost: "restartsAtMost: 1",
  refused: "refused: auth",
  incident: "incident: host-silent, is: none",
  liveness: "liveness: up, host: vps-1, at: +5m",
  shadow: "shadow: host-silent, by: +5m",
};
const VALUES: Readonly<Record<string, string>> = {
  by: "+5m",
  from: "+5m",
  until: "+5m",
  at: "+5m",
  notBefore: "+5m",
  to: "operator",
  host: "vps-1",
  service: "worker",
  severity: "error",
  says: "a",
  reason: "host-silent",
  atMost: "3",
  is: "none",
  wouldHavePaged: "1",
  wouldHaveActed: "1",
  falseAlarms: "1",
};

describe("beside a word of an expectation", () => {
  const all = [...new Set(Object.values(EXPECTATION_KEYS).flat())];
  const pairs = EXPECTATION_WORDS.flatMap((word) => all.map((key) => [word, key] as const));

  it.each(pairs.filter(([word, key]) => !WORDS[word].includes(`${key}:`)))("%s: %s", (word, key) => {
    const expected = `${WORDS[word]}, ${key}: ${VALUES[key]}`;
    const own: readonly string[] = EXPECTATION_KEYS[word];
    const column = `  - { ${expected}`.lastIndexOf(`${key}:`) + 1;
    expect(placesOfExpectation(expected)).toEqual(own.includes(key) ? [] : [`9:${column} expect[0].${key}`]);
  });

  it("because may always be said", () => {
    for (const word of EXPECTATION_WORDS)
      expect(placesOfExpectation(`${WORDS[word]}, because: it matters`)).toEqual([]);
  });

  it("where is of no use while nothing says by when", () => {
    expect(placesOfExpectation("shadow: host-silent, wouldHavePaged: 1, host: vps-1")).toEqual([
      "9:47 expect[0].host",
    ]);
  });
});

describe("all mistakes are told at once", () => {
  it("of keys, of values, of words and of names, in the order of the text", () => {
    const text = `${HEAD}events:
  - { at: +1m, hosts: vps-9, keepalives: lost }
  - { at: +2m, chekc: { status: fail } }
  - { at: +3m, restart: { by: systemd, supervisor: cron } }
  - { at: +4m, check: { status: pass, text: no way, no route } }
  - { at: +4m30s, keepalives: lost, note: both }
  - { at: +2m, note: too early }
expect:
  - { page: host-silent, is: open, at: +1m }
  - { incident: host-silent, by: +3m }
  - { noPage: host-silnet }
  - { pagesAtMost: 3, by: +1m, severity: critical }
`;
    expect(placesIn(text)).toEqual([
      "8:16 events[0].hosts",
      "9:16 events[1].chekc",
      "10:40 events[2].restart.supervisor",
      "11:53 events[3].check.no route",
      "12:43 events[4].note",
      "13:7 events[5].at",
      "15:26 expect[0].is",
      "15:36 expect[0].at",
      "16:5 expect[1]",
      "16:30 expect[1].by",
      "17:15 expect[2].noPage",
      "18:23 expect[3].by",
      "18:32 expect[3].severity",
    ]);
  });

  it("and counted where there are too many to list", () => {
    const wrong = "  - { noPage: any, by: +1m }\n".repeat(30);
    const places = placesIn(`${HEAD}events: []\nexpect:\n${wrong}`);
    expect(places).toHaveLength(21);
    const result = parseIncident("f.yaml", `${HEAD}events: []\nexpect:\n${wrong}`);
    expect(result.ok ? "" : result.error.problems.at(-1)?.message).toBe("and 10 more");
  });
});
