// Doctor's examiners against real files, sockets and processes, each with the fault planted, as far as no systemd is needed; what does stands in
// test/system/doctor.test.ts. And the agent's own look: a child that exits, told to a control plane.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AgentMessage } from "@countersign/shared/wire/protocol";
import { startExamination } from "../../../edge-agent/src/agent/examination.ts";
import { createLog } from "../../../edge-agent/src/agent/log.ts";
import { examineFolder } from "../../../edge-agent/src/commands/doctor/disk.ts";
import { examineHost } from "../../../edge-agent/src/commands/doctor/doctor.ts";
import { printFindings } from "../../../edge-agent/src/commands/doctor/doctor.ts";
import {
  CLOCK_SKEW_MS_MAX,
  examineClock,
  examineWay,
} from "../../../edge-agent/src/commands/doctor/reach.ts";
import { spanMsOf } from "../../../edge-agent/src/commands/doctor/systemd.ts";
import { pathsOf } from "../../../edge-agent/src/paths.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "countersign-doctor-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** What doctor finds with this one service. */
async function examine(service: object) {
  const paths = pathsOf({ configDir: directory, stateDir: join(directory, "state") });
  const web = {
    name: "web",
    checks: [{ name: "tcp", kind: "tcp", port: 1, every: "5s", timeout: "1s" }],
    ...service,
  };
  await writeFile(paths.catalogue, JSON.stringify({ version: 1, services: [web] }), { mode: 0o600 });
  return await examineHost(paths);
}
const about = (findings: Awaited<ReturnType<typeof examine>>, check: string) =>
  findings.find((finding) => finding.check === check);

describe("what the catalogue says", () => {
  test("each check is run once, and told with what it found", async () => {
    const server = createTcpServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const checks = [
      { name: "open", kind: "tcp", port, every: "5s", timeout: "1s" },
      { name: "shut", kind: "tcp", port: 1, every: "5s", timeout: "1s" },
      { name: "says", kind: "plugin", argv: ["/bin/echo", "DISK OK"], every: "5s", timeout: "1s" },
    ];
    const findings = await examine({ checks });
    server.close();
    expect(about(findings, "check: web open")).toMatchObject({
      status: "ok",
      service: "web",
      isWatched: true,
    });
    expect(about(findings, "check: web shut")).toMatchObject({
      status: "wrong",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
    expect(about(findings, "check: web says")).toMatchObject({ status: "ok", detail: "it passes: DISK OK" });
  });

  test("a timeout that is longer than its period, and an undo that is not there", async () => {
    const checks = [
      { name: "slow", kind: "tcp", port: 1, every: "1s", timeout: "2s" },
      { name: "fast", kind: "tcp", port: 1, every: "1s", timeout: "1s" },
    ];
    const argv = ["/bin/true"];
    const actions = [
      { name: "failover", kind: "exec", argv, level: 3, undo: "back" },
      { name: "round", kind: "exec", argv, level: 3, undo: "round" },
      { name: "there", kind: "exec", argv, level: 3, undo: "failover" },
    ];
    const findings = await examine({ checks, actions });
    expect(about(findings, "timeout: web slow")).toMatchObject({
      status: "wrong",
      mend: expect.stringContaining(directory),
    });
    expect(about(findings, "timeout: web fast")).toBeUndefined();
    expect(
      ["failover", "round", "there"].map((name) => about(findings, `undo: web ${name}`)?.status),
    ).toEqual(["wrong", "wrong", "ok"]);
  });

  test("a credential that has expired, one that is there, and one that is not", async () => {
    const write = (name: string, at: number) =>
      writeFile(join(directory, name), JSON.stringify({ expiresAt: at }));
    await write("old.json", Date.now() - 60_000);
    await write("new.json", Date.now() + 60_000);
    const credentials = ["old", "new", "gone"].map((name) => ({
      name,
      path: join(directory, `${name}.json`),
      expiry: { json: "expiresAt" },
    }));
    const findings = await examine({ evidence: { credentials } });
    expect(["old", "new", "gone"].map((name) => about(findings, `credential: web ${name}`)?.status)).toEqual([
      "wrong",
      "ok",
      "wrong",
    ]);
  });

  test("a catalogue that cannot be read costs what is about services alone", async () => {
    const paths = pathsOf({ configDir: directory, stateDir: join(directory, "state") });
    await writeFile(paths.catalogue, "version: 1\nservices: []\n", { mode: 0o600 });
    const findings = await examineHost(paths);
    expect(findings.map(({ check }) => check)).toEqual([
      "catalogue",
      "trust",
      "freeze",
      "actuator",
      "disk: agent",
    ]);
    expect(about(findings, "catalogue")).toMatchObject({ status: "wrong", service: null });
  });
});

describe("the way to the control plane", () => {
  const answering = async (headers: Record<string, string>) => {
    const server = createServer((_request, response) => response.writeHead(200, headers).end()).listen(
      0,
      "127.0.0.1",
    );
    await new Promise((resolve) => server.once("listening", resolve));
    return { port: (server.address() as AddressInfo).port, close: () => server.close() };
  };

  test("is named by the step that fails: the name, the connection, the certificate", async () => {
    const { close, port } = await answering({});
    const details = async (url: string) =>
      (await examineWay(new URL(url))).map(({ detail, status }) => `${status} ${detail}`).join();
    expect(await details("https://nowhere.invalid")).toMatch(/^wrong .*\(DNS\)/);
    expect(await details("http://127.0.0.1:1")).toMatch(/^wrong .*\(TCP: ECONNREFUSED\)/);
    expect(await details(`https://127.0.0.1:${port}`)).toMatch(/^wrong .*\(TLS: /);
    expect(await details(`http://127.0.0.1:${port}`)).toBe(
      `ok http://127.0.0.1:${port} answers,ok it agrees with the control plane's`,
    );
    close();
  });

  test("says that the clock is wrong, by the date of the answer", async () => {
    const { close, port } = await answering({ date: new Date(Date.now() - 3_600_000).toUTCString() });
    const [, clock] = await examineWay(new URL(`http://127.0.0.1:${port}`));
    expect(clock).toMatchObject({ check: "clock", status: "wrong", mend: "sudo timedatectl set-ntp true" });
    expect(clock?.detail).toMatch(/^it is 1h.* ahead of the control plane's/);
    close();
    const at = Date.parse("2026-11-30T12:00:00Z");
    const dated = (skewMs: number) => examineClock(new Date(at).toUTCString(), at + skewMs).status;
    expect([CLOCK_SKEW_MS_MAX, CLOCK_SKEW_MS_MAX + 1, -CLOCK_SKEW_MS_MAX - 1].map(dated)).toEqual([
      "ok",
      "wrong",
      "wrong",
    ]);
    expect(examineClock(undefined, at).status).toBe("unknown");
  });
});

test("where nothing can be written is said, and nothing is left where it can", async () => {
  expect(await examineFolder("agent", directory)).toMatchObject({ status: "ok" });
  await expect(readFile(join(directory, ".doctor"))).rejects.toThrow("ENOENT");
  await writeFile(join(directory, "file"), "");
  expect(await examineFolder("agent", join(directory, "file"))).toMatchObject({ status: "wrong" });
  expect(await examineFolder("agent", "/proc")).toMatchObject({ status: "ok" });
});

test.each([
  ["1min 30s", 90_000],
  ["100ms", 100],
  ["0", 0],
  ["infinity", null],
  ["soon", null],
])("a span of systemd's, %s", (text, spanMs) => {
  expect(spanMsOf(text)).toBe(spanMs);
});

test("people read the host first, then each service, and each command on a line of its own", () => {
  const lines: string[] = [];
  const finding = {
    check: "linger: bob",
    service: null,
    status: "wrong",
    detail: "they stop",
    mend: "sudo x",
  } as const;
  printFindings([{ ...finding, service: "web", check: "undo", status: "ok", mend: null }, finding], (text) =>
    lines.push(text),
  );
  expect(lines.join("\n")).toBe(
    "This host\nwrong    linger: bob: they stop\n         mend: sudo x\n\nService web\nok       undo: they stop\n\n1 wrong, 0 not seen, 1 proven.",
  );
});

describe("the agent's own look", () => {
  type Told = Extract<AgentMessage, { type: "examined" }>;
  const log = createLog({ write: () => {}, format: "json", now: Date.now });
  const own = { check: "clock", service: null, status: "wrong", detail: "it is late", mend: null } as const;
  const rooted = { ...own, check: "linger: bob" };
  const childThatPrints = (text: string) => [
    process.execPath,
    "-e",
    `process.stdout.write(${JSON.stringify(text)}); process.exit(1)`,
  ];

  const started = (argv: readonly string[] | null) => {
    const told: Told[] = [];
    const examination = startExamination({
      argv,
      rootFindings: join(directory, "root-findings.json"),
      log,
      send: (message) => told.push(message as Told) > 0,
    });
    return { told, ...examination };
  };
  const until = async (isSo: () => boolean) => {
    for (let tries = 0; tries < 100 && !isSo(); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isSo()).toBe(true);
  };

  test("tells what root found with what it sees itself, and both again to whoever welcomes it anew", async () => {
    const watched = { ...own, check: "check: web tcp", isWatched: true };
    const right = { ...own, check: "freeze", status: "ok" };
    const it = started(childThatPrints(JSON.stringify({ ok: false, findings: [right, watched, own] })));
    it.takeRoots([rooted]);
    await until(() => it.told.length === 1);
    expect(it.told[0]).toMatchObject({ type: "examined", findings: [rooted, own] });
    it.onWelcome();
    expect(it.told).toHaveLength(2);
    it.stop();
    const next = started(childThatPrints(JSON.stringify({ ok: true, findings: [] })));
    await new Promise((resolve) => setTimeout(resolve, 50));
    next.takeRoots([rooted]);
    await until(() => next.told.length === 1);
    expect(next.told[0]?.findings).toEqual([rooted]);
    next.stop();
    expect(JSON.parse(await readFile(join(directory, "root-findings.json"), "utf8"))).toEqual([rooted]);
  });

  test("what both saw is told once, and of what the agent has judged since root's older word counts no more", async () => {
    const mended = { ...own, check: "undo: web restart" };
    const notSeen = { ...own, check: "sudoers" };
    const found = [own, { ...mended, status: "ok" }, { ...notSeen, status: "unknown" }];
    const it = started(childThatPrints(JSON.stringify({ ok: false, findings: found })));
    it.takeRoots([rooted, own, mended, notSeen]);
    await until(() => it.told.length === 1);
    const wrong = it.told[0]?.findings.filter(({ status }) => status === "wrong");
    expect(wrong).toEqual([rooted, notSeen, own]);
    it.stop();
  });

  test("tells an older control plane, which does not know the message, no more on that connection", async () => {
    let toldCount = 0;
    const examination = startExamination({
      argv: childThatPrints(JSON.stringify({ ok: false, findings: [own] })),
      rootFindings: null,
      log,
      send: (_message, onRefused) => {
        toldCount += 1;
        onRefused?.("message-unknown");
        return true;
      },
    });
    examination.takeRoots([]);
    await until(() => toldCount === 1);
    examination.takeRoots([rooted]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(toldCount).toBe(1);
    examination.onWelcome();
    expect(toldCount).toBe(2);
    examination.stop();
  });

  test("tells nothing by a look that failed", async () => {
    const it = started(childThatPrints("Error: no memory"));
    it.takeRoots([rooted]);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(it.told).toEqual([]);
    it.stop();
  });
});
