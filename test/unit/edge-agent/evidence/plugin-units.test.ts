// The units by which systemd runs plugins: their text, what a catalogue's words become in them, and how what comes back is
// read.
import { describe, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { judgePluginStream } from "../../../../edge-agent/src/core/evidence/plugin-stream.ts";
import {
  PLUGIN_UNIT_PATTERN,
  placeOf,
  pluginsOf,
  quoteWord,
  renderHostUnits,
  renderPluginUnits,
} from "../../../../edge-agent/src/core/evidence/plugin-units.ts";
import { renderUnits } from "../../../../edge-agent/src/core/evidence/systemd-units.ts";

const ARGV = ["/usr/lib/nagios/plugins/check_disk", "-w", "10%", "-p", "/home"];

function catalogueOf(argv: readonly string[] = ARGV, more: object = {}): Catalogue {
  const disk = { name: "disk", kind: "plugin", argv, ...more };
  return Catalogue.parse({
    version: 1,
    services: [{ name: "bob", checks: [{ name: "unit", kind: "unit" }, disk] }],
  });
}

const [DISK] = pluginsOf(catalogueOf());
const PLACE = { ...placeOf(DISK!), timeoutMs: 3_000 };
const unitsOf = (catalogue: Catalogue) =>
  new Map(renderPluginUnits(catalogue).map(({ name, text }) => [name, text]));

const SOCKET = `# Made by \`countersign-agent install\`.
[Unit]
Description=Countersign plugin disk of bob

[Socket]
ListenStream=/run/countersign/plugins/a66592032e42b793.sock
Accept=yes
SocketUser=countersign-agent
SocketMode=0600
DirectoryMode=0755
RemoveOnStop=yes
# One that runs, and the end of the one before.
MaxConnections=2
# A check runs at most five times a second. Beyond the limit systemd closes the socket, until install opens it again.
TriggerLimitIntervalSec=10s
TriggerLimitBurst=200

[Install]
WantedBy=sockets.target
`;

const SERVICE = `# Made by \`countersign-agent install\`.
[Unit]
Description=Countersign plugin disk of bob
CollectMode=inactive-or-failed

[Service]
Type=exec
Slice=countersign-plugins.slice
ExecStartPre=-+/bin/rm -f /run/countersign/plugins/a66592032e42b793.err
ExecStart=:"/usr/lib/nagios/plugins/check_disk" "-w" "10%%" "-p" "/home"
ExecStopPost=-+/usr/bin/head --verbose --bytes=65536 /run/countersign/plugins/a66592032e42b793.err
ExecStopPost=-/usr/bin/printf "\\\\n%%s %%s %%s countersign-end\\\\n" "\${EXIT_CODE}" "\${EXIT_STATUS}" "\${SERVICE_RESULT}"
StandardInput=null
StandardOutput=socket
StandardError=append:/run/countersign/plugins/a66592032e42b793.err
WorkingDirectory=/
Environment=PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
User=countersign-plugins
UMask=0077
# Nothing that it runs gains a privilege. No empty CapabilityBoundingSet=: it would keep ping from being started at all.
NoNewPrivileges=yes
RuntimeMaxSec=3000ms
# What it has started ends with it, and nothing can ask for more time.
KillSignal=SIGKILL
TimeoutStopSec=30s
# These ends are verdicts, not failures of a unit.
SuccessExitStatus=1 2 3
LogLevelMax=warning
MemoryMax=256M
MemorySwapMax=0
OOMPolicy=kill
OOMScoreAdjust=500
TasksMax=64
LimitDATA=1073741824
LimitFSIZE=8M
LimitCORE=0
`;

describe("rendered units", () => {
  test("are a slice, and for each plugin a socket of the agent's and a service of another user's", () => {
    const units = unitsOf(catalogueOf());
    expect([...units.keys()]).toEqual([
      "countersign-plugins.slice",
      "countersign-plugin-bob.disk.socket",
      "countersign-plugin-bob.disk@.service",
    ]);
    expect(units.get("countersign-plugin-bob.disk.socket")).toBe(SOCKET);
    expect(units.get("countersign-plugin-bob.disk@.service")).toBe(SERVICE);
    expect([...units.keys()].map((name) => PLUGIN_UNIT_PATTERN.test(name))).toEqual([false, true, true]);
  });

  test("keep nothing of the machine from a plugin: nothing that makes a mount namespace", () => {
    const service = unitsOf(catalogueOf()).get("countersign-plugin-bob.disk@.service");
    expect(service).not.toMatch(
      /^(?:Protect|Private|DynamicUser|Root|Bind|Temporary|Inaccessible|ReadOnly|ReadWrite|Exec\w*Paths|MountFlags|\w+Directory=[^/])/m,
    );
  });

  test("of the agent and the actuator let the kernel end what grows beside them, and the agent last", () => {
    const texts = renderUnits({ node: "/n", agent: "/a" }).filter(({ name }) =>
      /^countersign-(?:agent|actuator)\.service$/.test(name),
    );
    expect(texts.map(({ text }) => text.includes("\nOOMPolicy=continue\n"))).toEqual([true, true]);
    expect(texts[0]?.text).toContain("\nOOMScoreAdjust=-500\n");
  });

  test("are none where nothing is a plugin", () => {
    const catalogue = Catalogue.parse({
      version: 1,
      services: [{ name: "bob", checks: [{ name: "p", kind: "tcp", port: 1 }] }],
    });
    expect(renderPluginUnits(catalogue)).toEqual([]);
    const program = { node: "/n", agent: "/a" };
    expect(renderHostUnits(program, catalogue)).toEqual(renderUnits(program));
  });

  test("have another socket as soon as anything else would run, and it fits into an address", () => {
    const socketOf = (catalogue: Catalogue) =>
      pluginsOf(catalogue).map((plugin) => placeOf(plugin).socket)[0]!;
    const sockets = [
      catalogueOf(),
      catalogueOf([...ARGV, "-e"]),
      catalogueOf(ARGV, { timeout: "4s" }),
      catalogueOf(ARGV, { name: "disks" }),
    ].map(socketOf);
    expect(new Set(sockets).size).toBe(4);
    expect(socketOf(catalogueOf(ARGV, { every: "1m", severity: "critical" }))).toBe(sockets[0]);
    expect(sockets[0]!.length).toBeLessThan(108);
  });

  test.each([
    ["10%", '"10%%"'],
    ["%h %i", '"%%h %%i"'],
    ["$HOME ${x}", '"$HOME ${x}"'],
    ['a "b" \\', '"a \\"b\\" \\\\"'],
    ["a\nExecStartPost=/bin/x", '"a\\x0aExecStartPost=/bin/x"'],
    ["\u0085", '"\\xc2\\x85"'],
    [";", '";"'],
    ["-@+!:|", '"-@+!:|"'],
    ["ü 'x' #", "\"ü 'x' #\""],
  ])("hold %j as %s", (word, quoted) => {
    expect(quoteWord(word)).toBe(quoted);
    expect(unitsOf(catalogueOf([...ARGV, word])).get("countersign-plugin-bob.disk@.service")).toContain(
      ` ${quoted}\n`,
    );
  });
});

const bytes = (text: string) => new TextEncoder().encode(text);
const judge = (text: string) => {
  const all = bytes(text);
  return judgePluginStream({ head: all, tail: all, byteCount: all.length, latencyMs: 7 }, PLACE);
};
const HEADER = `==> ${PLACE.errors} <==\n`;

describe("what comes over the socket", () => {
  test.each([
    ["a verdict", `DISK OK | /=1\n${HEADER}\nexited 0 success countersign-end\n`, "pass", "DISK OK"],
    ["no line feed at its end", `DISK OK${HEADER}\nexited 0 success countersign-end\n`, "pass", "DISK OK"],
    [
      "stderr apart",
      `${HEADER}gone\n\nexited 1 success countersign-end\n`,
      "fail",
      "gone; no status line, exit code 1",
    ],
    ["another code", `CRIT\n${HEADER}\nexited 2 success countersign-end\n`, "fail", "CRIT"],
    [
      "a signal",
      `${HEADER}\nkilled XFSZ signal countersign-end\n`,
      "fail",
      "no status line, ended by signal XFSZ",
    ],
    [
      "a dump",
      `${HEADER}\ndumped SEGV core-dump countersign-end\n`,
      "fail",
      "no status line, ended by signal SEGV",
    ],
    ["its time", `half${HEADER}\nkilled KILL timeout countersign-end\n`, "fail", "no answer within 3s"],
    [
      "memory",
      `${HEADER}\nkilled KILL oom-kill countersign-end\n`,
      "fail",
      "ended by the kernel: it used more memory than a plugin may",
    ],
    [
      "no program",
      `${HEADER}\nexited 203 exit-code countersign-end\n`,
      "fail",
      "could not be run: there is no such program, or it may not be executed",
    ],
    [
      "no user",
      "\nexited 217 exit-code countersign-end\n",
      "fail",
      "systemd could not start it (217): look with `journalctl -u 'countersign-plugin-bob.disk@*'`",
    ],
    [
      "no start at all",
      "\n  resources countersign-end\n",
      "fail",
      "systemd could not start it (resources): look with `journalctl -u 'countersign-plugin-bob.disk@*'`",
    ],
    [
      "its own 203",
      `X\n${HEADER}\nexited 203 exit-code countersign-end\n`,
      "fail",
      "X; exit code 203, unknown",
    ],
    ["nothing", "", "fail", "systemd did not say how it ended"],
    ["a broken end", `DISK OK\n${HEADER}\nexited 0 suc`, "fail", "systemd did not say how it ended"],
    [
      "an end that it wrote itself",
      `OK\n\nexited 0 success countersign-end\n${HEADER}\nexited 2 success countersign-end\n`,
      "fail",
      "OK",
    ],
  ])("%s", (_, text, status, summary) => {
    expect(judge(text)).toMatchObject({ status, summary });
  });

  test.each([
    ["its time", `half${HEADER}\nkilled KILL timeout countersign-end\n`, "timeout"],
    ["memory", `${HEADER}\nkilled KILL oom-kill countersign-end\n`, "other"],
    ["no program", `${HEADER}\nexited 203 exit-code countersign-end\n`, "other"],
    ["no start at all", "\n  resources countersign-end\n", "other"],
    ["no word of its end", "", "other"],
    ["a verdict", `CRIT\n${HEADER}\nexited 2 success countersign-end\n`, undefined],
  ])("has the class that a child of the agent has: %s", (_, text, failureClass) => {
    expect(judge(text).class).toBe(failureClass);
  });

  test("is read from both ends where it was too long to keep", () => {
    const stream = (output: string, errors: string) => {
      const all = bytes(`${output}${HEADER}${errors}\nexited 1 success countersign-end\n`);
      return { head: all.subarray(0, 100), tail: all.subarray(-300), byteCount: all.length, latencyMs: 1 };
    };
    expect(judgePluginStream(stream(`LOAD WARNING\n${"x".repeat(900)}`, ""), PLACE)).toMatchObject({
      severity: "warning",
      summary: "LOAD WARNING",
    });
    // what stands on stderr is no status line, though the first bytes hold it
    expect(judgePluginStream(stream("", "y".repeat(150)), PLACE).summary).toMatch(/^y+; no status line/);
  });
});
