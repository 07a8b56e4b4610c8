// What the host side reads and writes as files: configuration that others could have written is refused with one sentence, and the
// generated units and sudoers are accepted by the tools that will read them.
import { execFile } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { lookAtUnit } from "../../edge-agent/src/actuator/observe-unit.ts";
import { runAction } from "../../edge-agent/src/actuator/run-action.ts";
import { runDoctor } from "../../edge-agent/src/commands/doctor/doctor.ts";
import { runRender } from "../../edge-agent/src/commands/render.ts";
import { renderSudoers } from "../../edge-agent/src/core/actuator/sudoers.ts";
import { renderHostUnits } from "../../edge-agent/src/core/evidence/plugin-units.ts";
import { loadCatalogue } from "../../edge-agent/src/files/load-catalogue.ts";
import { loadAccepted, loadTrust } from "../../edge-agent/src/files/load-trust.ts";
import { readFreeze } from "../../edge-agent/src/files/read-freeze.ts";
import { CONFIG_FILE_BYTES_MAX } from "../../edge-agent/src/files/read-owned-file.ts";
import { pathsOf } from "../../edge-agent/src/paths.ts";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

const YAML = `version: 1
services:
  - name: web
    unit: web.service
    checks: [{ kind: unit, name: unit }]
    actions:
      - { name: restart, kind: systemctl, verb: restart, level: 4 }
      - { name: reset, kind: systemctl, verb: reset-failed, level: 2 }
`;
const KEY = { keyId: "desk-1", publicKey: `${"A".repeat(43)}=` };
const TRUST = { version: 2, hostId: `host_${"a".repeat(32)}`, party: null, deskKeys: [KEY] };

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "countersign-files-"));
  path = join(directory, "catalogue.yaml");
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Writes the catalogue and loads it; gives the refusal's sentence, or `loaded`. */
async function load(text: string, mode = 0o600): Promise<string> {
  await writeFile(path, text);
  await chmod(path, mode);
  const loaded = await loadCatalogue(path, "process");
  return loaded.ok ? "loaded" : loaded.error.sentence;
}

describe("a catalogue is refused with one sentence that says what to do", () => {
  test("when others may write it", async () => {
    expect(await load(YAML, 0o644)).toBe("loaded");
    expect(await load(YAML, 0o664)).toContain(`chmod go-w ${path}`);
    expect(await load(YAML, 0o602)).toContain(`chmod go-w ${path}`);
  });
  test("when it has an unknown key, a wrong value or no YAML, with the line", async () => {
    expect(await load(YAML.replace("    unit:", "    unti: x\n    unit:"))).toMatch(
      /line 4, column 5: services\[0\]\.unti: unknown key, did you mean "unit"\?/,
    );
    expect(await load(YAML.replace("level: 4", "level: 9"))).toMatch(/line 7, .*services\[0\]\.actions\[0\]/);
    expect(await load("version: 1\nservices: [\n")).toMatch(/line 3, column 1: this is not valid YAML/);
    expect(await load("version: 1\nversion: 1\n")).toMatch(/line 2, .*this key is there twice/);
    expect(await load(YAML.replace("web.service", '"web-*.service"'))).toContain("full unit name");
    expect(await load(YAML.replace("web.service", "countersign-agent.service"))).toContain("own units");
    expect(await load("")).toContain(path);
  });
  test("when it is too large, a symlink, a directory, or not there", async () => {
    const padding = "#".repeat(CONFIG_FILE_BYTES_MAX - Buffer.byteLength(YAML) - 1);
    expect(await load(`${YAML}${padding}\n`)).toBe("loaded");
    expect(await load(`${YAML}${padding}#\n`)).toContain("larger than 64 KiB");
    await rm(path);
    await writeFile(join(directory, "real.yaml"), YAML, { mode: 0o600 });
    await symlink(join(directory, "real.yaml"), path);
    expect(await loadCatalogue(path, "process")).toMatchObject({ error: { reason: "symlink" } });
    await rm(path);
    expect(await loadCatalogue(path, "process")).toMatchObject({ error: { reason: "missing" } });
    await mkdir(path);
    expect(await loadCatalogue(path, "process")).toMatchObject({ error: { reason: "not-a-file" } });
  });
  test("when its aliases would grow without bound", async () => {
    const levels = Array.from({ length: 12 }, (_, index) =>
      index === 0
        ? "a0: &a0 [x, x, x, x, x, x, x, x, x]"
        : `a${index}: &a${index} [${Array(9)
            .fill(`*a${index - 1}`)
            .join(", ")}]`,
    );
    expect(await load(levels.join("\n"))).toContain("aliases");
  });
  test("when it is not text", async () => {
    await writeFile(path, Buffer.from([0xff, 0xfe, 0x00]), { mode: 0o600 });
    expect(await loadCatalogue(path, "process")).toMatchObject({ error: { reason: "not-text" } });
  });
  test.skipIf(!isRoot)("when it belongs to someone else, or its directory is open to others", async () => {
    expect(await load(YAML)).toBe("loaded");
    await chown(path, 65_534, 65_534);
    expect(await loadCatalogue(path, "process")).toMatchObject({ error: { reason: "wrong-owner" } });
    expect(await loadCatalogue(path, "system")).toMatchObject({ error: { reason: "wrong-owner" } });
    await chown(path, 0, 0);
    expect((await loadCatalogue(path, "system")).ok).toBe(true);
    await chmod(directory, 0o777);
    expect(await loadCatalogue(path, "system")).toMatchObject({ error: { reason: "loose-mode" } });
  });
});

describe("a trust file is refused", () => {
  const loadText = async (text: string) => {
    await writeFile(path, text, { mode: 0o600 });
    const loaded = await loadTrust(path, "process");
    return loaded.ok ? "loaded" : loaded.error.sentence;
  };
  test("when it is no JSON, has an unknown key, gives one key twice, or is of version 1", async () => {
    expect(await loadText(JSON.stringify(TRUST))).toBe("loaded");
    expect(await loadText("{")).toContain("not valid JSON");
    expect(await loadText(JSON.stringify({ ...TRUST, keyz: [] }))).toContain("unknown key `keyz`");
    expect(await loadText(JSON.stringify({ ...TRUST, deskKeys: [] }))).toContain("`deskKeys`");
    const twice = [KEY, { ...KEY, keyId: "alice" }];
    expect(await loadText(JSON.stringify({ ...TRUST, deskKeys: twice }))).toContain("each key once");
    const floor = { 4: { schemes: ["ed25519"], people: 1, mayAskerSign: true, credentials: "any" } };
    expect(await loadText(JSON.stringify({ ...TRUST, floor }))).toContain("`floor");
    const key = { ...KEY, role: "desk", algorithm: "ed25519" };
    const first = { version: 1, hostId: TRUST.hostId, keys: [key], rolesRequired: { 4: ["desk"] } };
    expect(await loadText(JSON.stringify(first))).toContain("permits nothing any more");
  });
});

describe("an accepted version of the fleet's trust", () => {
  const signed = { trust: Buffer.from("{}").toString("base64"), signatures: [] };
  const loadText = async (text: string) => {
    await writeFile(path, text, { mode: 0o600 });
    const loaded = await loadAccepted(path, "process");
    return loaded.ok ? loaded.value : loaded.error.sentence;
  };
  test("is none where there is no file, and refused where it cannot be read or others may write it", async () => {
    expect(await loadAccepted(path, "process")).toEqual({ ok: true, value: null });
    expect(await loadText("{")).toContain("not valid JSON");
    expect(await loadText("{}")).toContain("`trust`");
    expect(await loadText(JSON.stringify(signed))).toContain("no version of a fleet's trust");
    await chmod(path, 0o666);
    expect(await loadText(JSON.stringify(signed))).toContain("chmod go-w");
  });
});

test("anything but a clear no counts as frozen", async () => {
  expect(await readFreeze(join(directory, "frozen"))).toBe(false);
  await symlink("/nowhere", join(directory, "frozen"));
  expect(await readFreeze(join(directory, "frozen"))).toBe(true);
  await writeFile(path, "");
  expect(await readFreeze(join(path, "frozen"))).toBe(true);
});

describe("a process named by a pid file", () => {
  const pidFile = () => join(directory, "pid");
  test("is inactive without file, failed when it is gone, active under its own invocation", async () => {
    expect((await lookAtUnit({ pidFile: pidFile() })).state).toMatchObject({ activeState: "inactive" });
    await writeFile(pidFile(), "2147483000\n");
    expect((await lookAtUnit({ pidFile: pidFile() })).state).toMatchObject({ activeState: "failed" });
    await writeFile(pidFile(), `${process.pid}\n`);
    const own = (await lookAtUnit({ pidFile: pidFile() })).state;
    expect(own).toMatchObject({ activeState: "active", mainPid: process.pid });
    await writeFile(pidFile(), `${process.ppid}\n`);
    const parent = (await lookAtUnit({ pidFile: pidFile() })).state;
    expect(parent.invocationId).not.toBe(own.invocationId);
  });
  test("is unknown when the file holds anything else, or is a pipe that nobody writes", async () => {
    for (const text of ["", "1 2", "-1", "0", "web", "0x10", "1e309", "9".repeat(400)]) {
      await writeFile(pidFile(), text);
      const { state, omitted } = await lookAtUnit({ pidFile: pidFile() });
      expect(state).toMatchObject({ activeState: "unknown", mainPid: 0 });
      // It is said which part is wrong: a service without a check of its unit shows it nowhere else.
      expect(omitted).toEqual(["mainPid"]);
    }
    await rm(pidFile());
    await run("mkfifo", [pidFile()]);
    expect((await lookAtUnit({ pidFile: pidFile() })).state).toMatchObject({ activeState: "unknown" });
  });
});

describe("an action", () => {
  const node = (script: string, timeoutMs = 5_000) => runAction([process.execPath, "-e", script], timeoutMs);
  test("runs without shell, in a plain environment, with closed stdin", async () => {
    const printed = await node(
      `process.stdin.on("data", () => {}).on("end", () => console.log(JSON.stringify([process.cwd(), Object.keys(process.env).sort(), process.argv.slice(1)])))`,
    );
    expect(printed).toMatchObject({ how: "exited", exitCode: 0 });
    expect(JSON.parse(printed.output)).toEqual(["/", ["LC_ALL", "PATH", "TZ"], []]);
    const literal = await runAction(["/bin/echo", "$(id)", "; id", "*"], 5_000);
    expect(literal.output).toBe("$(id) ; id *");
  });
  test("ends with its exit code, its signal, its time, or the fact that it never started", async () => {
    expect(await node("console.error('no'); process.exit(3)")).toEqual({
      how: "exited",
      exitCode: 3,
      output: "no",
    });
    expect(await node("process.kill(process.pid, 'SIGKILL')")).toMatchObject({
      how: "exited",
      exitCode: null,
    });
    expect(await node("setTimeout(() => {}, 20_000)", 300)).toMatchObject({ how: "timed-out" });
    expect(await runAction(["/nowhere/at-all"], 1_000)).toMatchObject({ how: "not-started" });
  });
  test("is bounded in output, and over although a child of it holds the pipes", async () => {
    const noisy = await node("process.stdout.write('x'.repeat(1_000_000), () => process.exit(0))");
    expect(noisy.output.length).toBeLessThanOrEqual(4_096);
    // Who waited for its pipes would end it at the limit.
    const left = `require("node:child_process").spawn("/bin/sleep", ["60"], { stdio: "inherit", detached: true }).unref()`;
    expect(await node(left, 20_000)).toMatchObject({ how: "exited", exitCode: 0 });
  });
});

describe("doctor and render", () => {
  const print = () => {
    const lines: string[] = [];
    return {
      lines,
      print: { line: (text: string) => lines.push(text), error: (text: string) => lines.push(text) },
    };
  };
  test("doctor names what is wrong, as JSON too, and exits 1", async () => {
    const { lines, print: to } = print();
    const paths = pathsOf({ configDir: directory, stateDir: join(directory, "state") });
    await writeFile(path, YAML.replace(/ {4}unit.*\n/, "").replace(/ {4}actions:[^]*$/, "    actions: []\n"));
    await chmod(path, 0o600);
    expect(await runDoctor({ paths, json: true, print: to })).toBe(1);
    const { ok, findings } = JSON.parse(lines[0]!) as {
      ok: boolean;
      findings: { check: string; status: string }[];
    };
    expect(ok).toBe(false);
    expect(findings.map(({ check, status }) => `${check} ${status}`)).toEqual([
      "catalogue ok",
      "trust wrong",
      "freeze ok",
      "actuator wrong",
      "disk: agent ok",
      "check: web unit wrong",
    ]);
  });
  test("doctor reads each counter, and says what is wrong with it in the agent's words", async () => {
    const { lines, print: to } = print();
    const paths = pathsOf({ configDir: directory, stateDir: join(directory, "state") });
    const file = join(directory, "web.prom");
    const counters = ["done_total", "waiting"].map((metric) => ({ name: metric.slice(0, 4), file, metric }));
    const evidence = `    evidence: { counters: ${JSON.stringify(counters)} }\n`;
    await writeFile(path, YAML.replace(/ {4}actions:[^]*$/, evidence));
    await chmod(path, 0o600);
    await writeFile(file, "# TYPE waiting gauge\nwaiting 3\ndone_total 7\n");
    await runDoctor({ paths, json: false, print: to });
    expect(lines.filter((line) => line.includes("counter:"))).toEqual([
      "ok       counter: web done: it tells one series",
      `wrong    counter: web wait: waiting of ${file} is declared as gauge, which may go down: name a counter`,
    ]);
    expect(
      await load(YAML.replace(/ {4}actions:[^]*$/, evidence.replace("done_total", "done_total{q=~'x'}"))),
    ).toMatch(
      /line 6, column \d+: services\[0\]\.evidence\.counters\[0\]\.metric: .*only = may stand.*not =~\./,
    );
  });
  test("render prints what install would write", async () => {
    const { lines, print: to } = print();
    await load(YAML);
    const paths = pathsOf({ configDir: directory });
    expect(await runRender({ what: "sudoers", paths, print: to })).toBe(0);
    expect(lines.join("\n")).toContain(
      "NOPASSWD: NOSETENV: /usr/bin/systemctl restart --no-block web.service",
    );
    expect(await runRender({ what: "units", paths, print: to })).toBe(0);
    expect(lines.join("\n")).toContain("PrivateNetwork=yes");
  });
});

/** Skips when a tool is missing, but not in CI. */
async function hasTool(tool: string): Promise<boolean> {
  const found = await run("/bin/sh", ["-c", `PATH=/usr/sbin:$PATH command -v ${tool}`]).then(
    () => true,
    () => false,
  );
  if (!found && process.env["CI"] === "true") throw new Error(`${tool} is missing, and CI=true requires it`);
  return found;
}
const hasVisudo = await hasTool("visudo");
const hasAnalyze = await hasTool("systemd-analyze");

describe("the generated files are accepted by", () => {
  test.skipIf(!hasVisudo)("visudo", async () => {
    const catalogue = Catalogue.parse({
      version: 1,
      services: ["web.service", "db@main-1.service", "backup.timer", "a_b.C.socket"].map((unit, index) => ({
        name: `service-${index}`,
        unit,
        checks: [{ kind: "unit", name: "unit" }],
        actions: ["restart", "start", "stop", "reload", "reset-failed"].map((verb) => ({
          name: verb,
          kind: "systemctl",
          verb,
          level: 4,
        })),
      })),
    });
    const sudoers = join(directory, "sudoers");
    await writeFile(sudoers, renderSudoers(catalogue), { mode: 0o440 });
    await run("/usr/sbin/visudo", ["-cf", sudoers]);
    // Another file: only root may write over the first.
    const empty = join(directory, "sudoers-empty");
    await writeFile(empty, renderSudoers({ ...catalogue, services: [] }), { mode: 0o440 });
    await run("/usr/sbin/visudo", ["-cf", empty]);
  });
  test.skipIf(!hasAnalyze)("systemd-analyze verify, without a word", async () => {
    const files = [];
    const words = ["/bin/echo", "10%", "$HOME ${x}", 'a"b\\', ";", "ü\n"];
    const disk = { name: "disk", kind: "plugin", argv: words };
    const catalogue = Catalogue.parse({ version: 1, services: [{ name: "bob", checks: [disk] }] });
    const program = { node: process.execPath, agent: "/opt/agent.mjs" };
    for (const { name, text } of renderHostUnits(program, catalogue)) {
      files.push(join(directory, name));
      await writeFile(join(directory, name), text);
    }
    const { stdout, stderr } = await run("systemd-analyze", ["verify", "--recursive-errors=no", ...files]);
    expect(`${stdout}${stderr}`.split("\n").filter((line) => line.includes("countersign"))).toEqual([]);
  });
});
