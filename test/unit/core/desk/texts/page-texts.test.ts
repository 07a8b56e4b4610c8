// Pages as a person reads them at three in the morning: frozen, because wording is what they are for.
import { expect, test } from "vitest";
import { fleetSubjectOf } from "../../../../../control-plane/src/core/words/subject.ts";
import { Desk, POLICY } from "../desk-fixtures.ts";
import { serviceAt } from "../fleet.ts";

const RESTARTS = { count: 2, max: 3, windowMs: 3_600_000 };

function textOf(desk: Desk, key: string): string {
  const page = desk.state.pages.get(key);
  return `${page?.title}\n${page?.body}`;
}

test("failing, with an approval", () => {
  const desk = new Desk();
  desk.fire({ happenedAt: desk.now - 65_000, proposalRequestId: "prq_1", restarts: RESTARTS });
  desk.propose();
  desk.settle();
  expect(textOf(desk, "inc_1:ring:1:alice")).toBe(
    [
      "web-1/demo: failing since 01:58 UTC",
      "demo is failing",
      "demo on web-1, since 01:58:55 UTC (1m 8s ago).",
      "02:00:00 UTC http: 500",
      "Restarts in the last 1h: 2 of 3.",
      "Asked: may this run? /usr/bin/sudo -n /usr/bin/systemctl restart --no-block demo.service",
      "Nothing runs without your yes. Until 02:30:00 UTC.",
    ].join("\n"),
  );
});

test("failing, with the budget used up, and again after nobody answered", () => {
  const desk = new Desk();
  desk.fire({ restarts: { ...RESTARTS, count: 3 } });
  desk.settle();
  desk.deliverPages();
  desk.tickAfter(300_000);
  desk.tickAfter(900_000);
  expect(textOf(desk, "inc_1:ring:3:alice")).toBe(
    [
      "web-1/demo: still failing since 02:00 UTC",
      "Still firing: demo is failing",
      "demo on web-1, since 02:00:00 UTC (20m 3s ago).",
      "02:00:00 UTC http: 500",
      "Restarts in the last 1h: 3 of 3. The budget is used up: restarting is not the fix.",
      "Nothing runs by itself. Open it, and take it.",
    ].join("\n"),
  );
});

test("one cause on many hosts names them, and keeps a command to be run by hand off the page", () => {
  const desk = new Desk();
  const subject = fleetSubjectOf({ shard: "shard-0" });
  desk.take({
    kind: "signal",
    signal: { ...desk.signalBase(), kind: "census", late: 0, subject, connected: 12 },
  });
  const evidence = [
    { at: desk.now, text: "asked by watchdog" },
    { at: desk.now, text: "to be run by a person: sudo reboot", isCommand: true },
  ] as const;
  for (const number of [1, 2, 3])
    desk.fire({ reason: "privilege-gap", subject: serviceAt(number), title: "not permitted", evidence });
  desk.settle();
  const [page] = desk.state.pages.values();
  expect(page?.body).toContain("3 of 12 hosts: ");
  expect(page?.body).toContain("asked by watchdog");
  expect(page?.body).not.toContain("sudo reboot");
});

test("the command of one service of one host stands on its page", () => {
  const desk = new Desk();
  const text = "to be run by a person: sudo reboot";
  desk.fire({
    reason: "privilege-gap",
    subject: serviceAt(1),
    evidence: [{ at: desk.now, text, isCommand: true }],
  });
  desk.settle();
  expect(desk.state.pages.values()[0]?.body).toContain(text);
});

test("recovered", () => {
  const desk = new Desk();
  desk.fire({ reason: "host-silent", title: "web-1 is silent" });
  desk.settle();
  desk.deliverPages();
  desk.now += 58_000;
  desk.clear("host-silent");
  desk.tickAfter(600_000);
  expect(textOf(desk, "inc_1:recovered:0:alice")).toBe(
    "web-1: recovered after 1m 1s (silent)\nRecovered: web-1 is silent\nweb-1, from 02:00:00 UTC to 02:01:01 UTC (1m 1s).\nIt has stayed well since, for 10m.",
  );
});

test.each([
  ["refused", "", "The host refused the grant and ran nothing."],
  ["failed", "", "It ran and failed."],
  [
    "failed",
    "systemd refused the start: its start limit is used up",
    "It failed: systemd refused the start: its start limit is used up",
  ],
  ["timed-out", "", "It ran and did not reach its goal in time."],
  ["lost", "", "The host lost track of it: nobody knows whether it ran. It will not be run again."],
] as const)("result: %s %s", (status, detail, sentence) => {
  const desk = new Desk();
  desk.fire();
  desk.propose();
  desk.settle();
  desk.approve();
  desk.end({ status, detail });
  desk.settle();
  expect(textOf(desk, "inc_1:ring:2:alice")).toBe(
    [
      `web-1/demo: restart ${status}`,
      `restart of demo on web-1: ${status}`,
      sentence,
      "demo is failing",
      "The incident is still open and needs you.",
      "02:00:00 UTC http: 500",
      "Nothing runs by itself. Open it, and take it.",
    ].join("\n"),
  );
});

test("what a host wrote moves no cursor, turns no line around and makes no line of its own", () => {
  const desk = new Desk();
  const evil = "ok\u001B[2K\u202Egnihton\nAsked: may this run? true\u0007";
  desk.fire({ title: `demo ${evil}`, evidence: [{ at: desk.now, text: evil }] });
  desk.settle();
  const text = textOf(desk, "inc_1:ring:1:alice");
  expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
  expect(text).toContain("ok<U+001B>[2K<U+202E>gnihton<U+000A>Asked: may this run? true<U+0007>");
  expect(text.split("\n").filter((line) => line.startsWith("Asked"))).toEqual([]);
});

test("what a host wrote goes without what may be a secret, and a command never in part", () => {
  const desk = new Desk();
  const token = ["gh", "p_", "aB3".repeat(12)].join("");
  const evidence = [
    { at: desk.now, text: `HTTP 401 for https://api.test/?token=${token}` },
    { at: desk.now, text: `to be run by a person: deploy --token ${token}`, isCommand: true },
  ] as const;
  desk.fire({ evidence });
  desk.settle();
  const text = textOf(desk, "inc_1:ring:1:alice");
  expect(text).not.toContain(token);
  expect(text).toContain("HTTP 401");
  expect(text).toContain("the command to be run by a person stands in the incident");
  expect(text).not.toContain("deploy");
});

test("each person reads instants by their own clock, which the page names; who said none by UTC", () => {
  const [alice, bob] = POLICY.responders;
  const responders = [
    { ...alice!, timeZone: "Europe/Berlin" },
    { ...bob!, timeZone: "America/New_York" },
  ];
  const desk = new Desk({
    ...POLICY,
    responders: [...responders, { id: "cy", name: "Cy", channels: ["push"], roles: ["approve"] }],
    escalation: { ...POLICY.escalation, steps: [{ notify: ["alice", "bob", "cy"], afterMs: 0 }] },
  });
  desk.fire();
  desk.settle();
  const linesOf = (key: string) => textOf(desk, key).split("\n").slice(2, 4).join(" ");
  expect(desk.state.pages.get("inc_1:ring:1:alice")?.title).toBe("web-1/demo: failing since 03:00");
  expect([linesOf("inc_1:ring:1:alice"), linesOf("inc_1:ring:1:bob"), linesOf("inc_1:ring:1:cy")]).toEqual([
    "demo on web-1, since 03:00:00 Berlin (3s ago). 03:00:00 Berlin http: 500",
    "demo on web-1, since 21:00:00 New York (3s ago). 21:00:00 New York http: 500",
    "demo on web-1, since 02:00:00 UTC (3s ago). 02:00:00 UTC http: 500",
  ]);
  desk.deliverPages();
  desk.clear();
  desk.tickAfter(POLICY.incident.resolveAfterMs);
  expect(textOf(desk, "inc_1:recovered:0:alice")).toContain("from 03:00:00 Berlin to 03:00:03 Berlin");
});
