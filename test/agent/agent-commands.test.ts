// The host command: every failure is one sentence and an exit code of its kind.
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AGENT_VERSION } from "../../edge-agent/src/version.ts";
import { enrolDirectly, type Finished, runCommand, writeCatalogue } from "./peers/agent-process.ts";
import { catalogueOf, newAgent, newEnrolledAgent, newHost, newPeer } from "./peers/host-under-test.ts";
import { until } from "./peers/until.ts";

function expectSentence({ stderr }: Finished, words: string): void {
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain(words);
  expect(stderr).toMatch(/^countersign-agent: /);
}

describe("words", () => {
  test("--version is the workspace's", async () => {
    const { stdout, code } = await runCommand("--version");
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(AGENT_VERSION);
    const manifest = await readFile(join(import.meta.dirname, "../../package.json"), "utf8");
    expect((JSON.parse(manifest) as { version: string }).version).toBe(AGENT_VERSION);
  });

  test("--help shows examples", async () => {
    const { stdout, code } = await runCommand("--help");
    expect(code).toBe(0);
    expect(stdout).toContain("countersign-agent enroll --url https://");
  });

  test.each([
    [["frobnicate"], "unknown command"],
    [["enroll"], "--url"],
    [["run", "--frobnicate"], "unknown option"],
    [["leave", "--reason", "boredom", "--within", "5m"], "reboot, upgrade, stop or retired"],
    [["leave", "--reason", "reboot", "--within", "soon"], "a duration"],
    [["leave", "--reason", "reboot", "--within", "2h"], "at most an hour"],
  ])("%j is wrong usage", async (args, words) => {
    const { code, stderr } = await runCommand(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain("    at ");
  });
});

describe("run refuses to start", () => {
  test("when the host is not enrolled", async () => {
    const host = await newHost();
    const finished = await runCommand("run", ...host.flags);
    expect(finished.code).toBe(78);
    expectSentence(finished, "countersign-agent enroll --url");
  });

  test.each([
    ["there is no catalogue", async () => undefined, "catalogue.yaml is not there"],
    [
      "the catalogue has an unknown key",
      (path: string) => writeFile(path, `${catalogueOf(1)}pages: never\n`),
      "pages: unknown key",
    ],
    [
      "the catalogue is no YAML",
      (path: string) => writeFile(path, "version: [1\n"),
      "this is not valid YAML",
    ],
    [
      "the catalogue may be written by others",
      async (path: string) => {
        await writeFile(path, catalogueOf(1));
        await chmod(path, 0o666);
      },
      "chmod go-w",
    ],
  ])("when %s", async (_, prepare, words) => {
    const host = await newHost();
    await enrolDirectly(host, "http://127.0.0.1:9");
    await prepare(host.catalogue);
    const finished = await runCommand("run", ...host.flags);
    expect(finished.code).toBe(78);
    expectSentence(finished, words);
  });

  test("when the private key may be read by others, or is damaged", async () => {
    const host = await newHost();
    await enrolDirectly(host, "http://127.0.0.1:9");
    await writeCatalogue(host, catalogueOf(1));
    await chmod(host.identity, 0o644);
    expectSentence(await runCommand("run", ...host.flags), "chmod 600");
    await chmod(host.identity, 0o600);
    await writeFile(host.identity, "{");
    expectSentence(await runCommand("run", ...host.flags), "--force");
  });

  test("when another agent runs on the same state directory, and not after that one was killed", async () => {
    const peer = await newPeer();
    const { host, agent } = await newEnrolledAgent(peer);
    await peer.connection(0);
    const second = await runCommand("run", ...host.flags);
    expect(second.code).toBe(78);
    expectSentence(second, "Another agent runs");
    await agent.stop("SIGKILL");
    newAgent(host);
    await peer.connection(1);
  });
});

describe("session-dropin", () => {
  const withEvidence = (evidence: string) =>
    `version: 1
services:
  - { name: bob, unit: bob.service, checks: [{ name: unit, kind: unit }]${evidence} }
`;
  const DECLARED = withEvidence(
    ", evidence: { ledger: /srv/bob.ndjson, sessions: { classes: [{ exit: 41, class: auth }] } }",
  );

  async function dropin(catalogue: string, ...args: readonly string[]) {
    const host = await newHost();
    await writeCatalogue(host, catalogue);
    return runCommand("session-dropin", ...args, ...host.flags);
  }

  test.each([
    ["what the catalogue declares", ["bob"], "/srv/bob.ndjson", "exited:41:*) c=auth"],
    ["classes of one's own", ["bob", "--class", "42=config"], "/srv/bob.ndjson", "exited:42:*) c=config"],
    ["all of one's own", ["bob", "--ledger", "/x", "--class", "7=auth"], "/x", "exited:7:*) c=auth"],
  ])("prints %s", async (_, args, ledger, line) => {
    const { code, stdout } = await dropin(DECLARED, ...args);
    expect(code).toBe(0);
    expect(stdout).toContain(`sh "${ledger}" "%n"`);
    expect(stdout).toContain(line);
  });

  test("a ledger that is said alone has no classes of the catalogue's", async () => {
    expect((await dropin(DECLARED, "bob", "--ledger", "/x")).stdout).not.toContain("exited:41:");
  });

  test.each([
    ["a unit that the catalogue does not know", DECLARED, "alice", "no ledger for alice.service"],
    ["a unit without a ledger", withEvidence(""), "bob", "no ledger for bob.service"],
    ["a catalogue that cannot be read", "version: [1\n", "bob", "not valid YAML"],
  ])("%s is an error that says what to do", async (_, catalogue, unit, words) => {
    const finished = await dropin(catalogue, unit);
    expect(finished.code).toBe(2);
    expectSentence(finished, words);
    expect(finished.stderr).toContain("--ledger FILE");
  });
});

describe("leave", () => {
  test("announces the absence through the running agent", async () => {
    const peer = await newPeer();
    const { host } = await newEnrolledAgent(peer);
    const connection = await peer.connection(0);
    const finished = await runCommand("leave", "--reason", "reboot", "--within", "5m", ...host.flags);
    expect(finished.code).toBe(0);
    expect(finished.stdout).toContain("within 5m (reboot)");
    expect(await connection.waitFor("leaving")).toMatchObject({ reason: "reboot", returnWithinMs: 300_000 });
  });

  test("says that the host is retired, which is only its own word", async () => {
    const peer = await newPeer();
    const { host } = await newEnrolledAgent(peer);
    const connection = await peer.connection(0);
    const finished = await runCommand(
      "leave",
      "--reason",
      "retired",
      "--within",
      "15m",
      ...host.flags,
      "--json",
    );
    expect(JSON.parse(finished.stdout)).toEqual({ told: true, reason: "retired", returnWithinMs: 900_000 });
    expect(await connection.waitFor("leaving")).toMatchObject({ reason: "retired", returnWithinMs: 900_000 });
  });

  test("works in a state directory whose path is too long for a socket", async () => {
    const [host, peer] = [await newHost(), await newPeer()];
    const long = join(host.root, "x".repeat(100));
    await mkdir(long);
    const inLong = {
      ...host,
      stateDir: long,
      identity: join(long, "agent/identity.json"),
      flags: ["--config-dir", host.configDir, "--state-dir", long],
    };
    await enrolDirectly(inLong, peer.url);
    await writeCatalogue(host, catalogueOf(peer.port));
    newAgent(inLong);
    const connection = await peer.connection(0);
    const told = await runCommand("leave", "--reason", "stop", "--within", "1m", ...inLong.flags);
    expect(told.code).toBe(0);
    await connection.waitFor("leaving");
    expectSentence(await runCommand("run", ...inLong.flags), "Another agent runs");
  });

  test("says that nobody was told when the agent is away or not connected", async () => {
    const peer = await newPeer();
    const { host, agent } = await newEnrolledAgent(peer);
    await peer.connection(0);
    await peer.die();
    await until(() => agent.events("connection")[1], "the loss to be noticed");
    const args = ["leave", "--reason", "stop", "--within", "1m", ...host.flags];
    const unconnected = await runCommand(...args);
    expect(unconnected.code).toBe(1);
    expectSentence(unconnected, "not connected");
    await agent.stop();
    const away = await runCommand(...args);
    expect(away.code).toBe(1);
    expectSentence(away, "No agent answers");
  });
});

describe("catalogue check", () => {
  test("shows the exact argv that a catalogue lets run", async () => {
    const host = await newHost();
    await writeCatalogue(host, catalogueOf(80).replace("pidFile: /nonexistent/web.pid", "unit: web.service"));
    const { code, stdout } = await runCommand("catalogue", "check", host.catalogue, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      actions: [{ service: "web", action: "restart", level: 4, argv: ["/usr/bin/true"] }],
    });
  });

  test("names a path that an installed agent could not see, where it stands and what to do", async () => {
    const host = await newHost();
    const catalogue = catalogueOf(80).replace(
      "pidFile: /nonexistent/web.pid",
      "unit: web.service\n    evidence:\n      ledger: /var/tmp/web.ndjson",
    );
    await writeCatalogue(host, catalogue);
    const finished = await runCommand("catalogue", "check", host.catalogue);
    expect(finished.code).toBe(1);
    const line = catalogue.split("\n").findIndex((text) => text.includes("/var/tmp")) + 1;
    expect(finished.stderr).toContain(
      `${host.catalogue}:${line}:15: services[0].evidence.ledger: /var/tmp/web.ndjson is hidden: `,
    );
    expect(finished.stderr).toContain("keep the file below /var/lib or /run");
  });

  const WRONG = catalogueOf(1)
    .replace("version: 1", "version: 3")
    .replace("services:", "budgt: {}\nservices:");

  async function check(text: string, ...args: readonly string[]) {
    const host = await newHost();
    await writeCatalogue(host, text);
    return { file: host.catalogue, ...(await runCommand("catalogue", "check", host.catalogue, ...args)) };
  }

  test("names every mistake with its place, on a line of its own", async () => {
    const { file, stdout, stderr, code } = await check(WRONG);
    expect([code, stdout]).toEqual([1, ""]);
    const lines = stderr.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe(`${file}:1:10: version: expected 1, got 3`);
    expect(lines[1]).toBe(`${file}:3:1: budgt: unknown key, did you mean "budget"?`);
  });

  test("says the same as JSON, and what is wrong with the file itself", async () => {
    const { stdout, code } = await check(WRONG, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      leftCount: 0,
      problems: [
        { path: "version", line: 1, column: 10, message: "expected 1, got 3" },
        { path: "budgt", line: 3, column: 1 },
      ],
    });
    expect(JSON.parse((await check(catalogueOf(1), "--json")).stdout)).toMatchObject({ ok: true });
    const missing = await runCommand("catalogue", "check", "/nowhere/catalogue.yaml", "--json");
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.stdout)).toMatchObject({ ok: false, problems: [] });
    expectSentence(missing, "/nowhere/catalogue.yaml is not there");
  });
});
