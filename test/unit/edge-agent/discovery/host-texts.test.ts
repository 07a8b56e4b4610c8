// What systemctl, /proc and docker print, as discover reads it.
import { describe, expect, test } from "vitest";
import {
  containersIn,
  countersIn,
  holderIn,
  listedContainersIn,
  listeningIn,
} from "../../../../edge-agent/src/core/discovery/proc-text.ts";
import { unitNamesIn, unitsIn } from "../../../../edge-agent/src/core/discovery/unit-text.ts";

const ID = "0123456789abcdef".repeat(4);
const users = (uid: number) => (uid === 1_000 ? "bob" : null);

test("listening sockets: port, reach and inode; others are none", () => {
  const line = (local: string, state: string) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 4711 1`;
  const table = [
    "header",
    line("0100007F:4965", "0A"),
    line("00000000:0016", "0A"),
    line("0F02000A:0050", "0A"),
    line("0100007F:0050", "01"),
    "garbage",
    "",
  ];
  expect(listeningIn(table.join("\n"))).toEqual([
    { port: 18_789, reach: "loopback", inode: "4711" },
    { port: 22, reach: "all", inode: "4711" },
    { port: 80, reach: "other", inode: "4711" },
  ]);
  const six = [
    "header",
    line("00000000000000000000000000000000:0050", "0A"),
    line("00000000000000000000000001000000:0051", "0A"),
    line("0000000000000000FFFF00000100007F:0052", "0A"),
  ];
  expect(listeningIn(six.join("\n")).map(({ reach }) => reach)).toEqual(["all", "other", "loopback"]);
});

describe("the holder of a process", () => {
  test.each([
    ["0::/system.slice/web.service\n", { kind: "unit", owner: null, unit: "web.service" }],
    [
      "12:pids:/x\n1:name=systemd:/system.slice/system-worker.slice/worker@2.service\n",
      { kind: "unit", owner: null, unit: "worker@2.service" },
    ],
    [
      "0::/user.slice/user-1000.slice/user@1000.service/app.slice/gw.service\n",
      { kind: "unit", owner: "bob", unit: "gw.service" },
    ],
    ["0::/user.slice/user-7.slice/user@7.service/app.slice/gw.service\n", null],
    [`0::/system.slice/docker-${ID}.scope\n`, { kind: "container", id: ID }],
    [`1:name=systemd:/docker/${ID}\n`, { kind: "container", id: ID }],
    [
      `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container\n`,
      { kind: "container", id: ID },
    ],
    ["0::/\n", null],
    ["", null],
  ])("%j", (cgroup, holder) => expect(holderIn(cgroup, users)).toEqual(holder));
});

test("containers by their control groups, each once", () => {
  const groups = [
    `0::/system.slice/docker-${ID}.scope`,
    `0::/system.slice/docker-${ID}.scope`,
    `0::/libpod-${"f".repeat(64)}.scope`,
    "0::/docker-short.scope",
  ];
  expect(containersIn(groups)).toEqual([
    { id: ID, engine: "docker" },
    { id: "f".repeat(64), engine: "podman" },
  ]);
});

test("containers as docker lists them, with the ports of the host", () => {
  const text = `${ID}\tshop\tshop:1\t0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 9000/tcp, 0.0.0.0:53->53/udp\nno id\tx\ty\t\n`;
  expect(listedContainersIn(text)).toEqual([{ id: ID, name: "shop", image: "shop:1", ports: [8080] }]);
});

test("counters of a page: those of work, not of a runtime", () => {
  const page =
    "# TYPE jobs_total counter\njobs_total 1\n# TYPE go_gc_total counter\n# TYPE depth gauge\n# TYPE a counter\n";
  expect(countersIn(page)).toEqual(["a", "jobs_total"]);
});

test("names of a list, with its marks and its garbage", () => {
  expect(
    unitNamesIn("web.service loaded active running Web\n  a@1.service enabled -\nx.mount\n-x.service\n\n"),
  ).toEqual(["web.service", "a@1.service"]);
});

test("units as systemctl shows them; what is not loaded is none, and spans are milliseconds", () => {
  const shown = `Id=web.service
LoadState=loaded
ActiveState=active
UnitFileState=enabled
FragmentPath=/etc/systemd/system/web.service
Description=Web = shop
Type=simple
Restart=always
RestartUSec=1min 5s
StartLimitBurst=5
StartLimitIntervalUSec=infinity
TimeoutStartUSec=infinity
TimeoutStopUSec=1min 30s
MainPID=7
User=
ExecStart={ path=/usr/bin/node ; argv[]=/usr/bin/node --token=secret ; ignore_errors=no }
TriggeredBy=a.timer b.socket

Id=gone.service
LoadState=not-found
`;
  const [unit, ...others] = unitsIn(shown, "bob");
  expect(others).toEqual([]);
  expect(unit).toMatchObject({
    unit: "web.service",
    owner: "bob",
    description: "Web = shop",
    restartMs: 65_000,
    startLimitMs: null,
    startMs: null,
    stopMs: 90_000,
    mainPid: 7,
    program: "/usr/bin/node",
    triggeredBy: ["a.timer", "b.socket"],
  });
  expect(JSON.stringify(unit)).not.toContain("secret");
});
