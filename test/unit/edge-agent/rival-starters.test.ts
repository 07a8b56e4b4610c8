// What of cron's lines and pm2's list starts the same thing as a unit, as such files are found in the field.
import { describe, expect, it } from "vitest";
import {
  cronLinesIn,
  isManagedBy,
  pm2EntriesIn,
  programOf,
} from "../../../edge-agent/src/core/rival-starters.ts";

const execStart = (argv: string) =>
  `{ path=${argv.split(" ")[0]} ; argv[]=${argv} ; ignore_errors=no ; start_time=[n/a] }`;
const NODE = programOf("gateway.service", execStart("/usr/bin/node --flag /srv/gateway/server.js --port 80"));

describe("what a unit starts", () => {
  it.each([
    ["/usr/bin/node --flag /srv/gateway/server.js --port 80", ["/srv/gateway/server.js"], null],
    ["/usr/bin/redis-server 127.0.0.1:6379", ["/usr/bin/redis-server"], null],
    ["/bin/sh -c run", [], null],
    ["/usr/bin/docker run --rm --name web nginx", [], { engine: "docker", name: "web" }],
    ["/usr/bin/docker start -a web", [], { engine: "docker", name: "web" }],
    ["/usr/bin/podman run --name=web nginx", [], { engine: "podman", name: "web" }],
    ["/usr/bin/docker run nginx", [], null],
  ])("%s", (argv, paths, container) => {
    expect(programOf("web.service", execStart(argv))).toEqual({ stem: "web", paths, container });
  });
});

describe("a line of cron", () => {
  it.each([
    ["@reboot /usr/bin/node /srv/gateway/server.js", true],
    ["*/5 * * * * root pgrep -f server.js || node /srv/gateway/server.js", true],
    ["* * * * * root systemctl is-active gateway || systemctl restart gateway", true],
    ["* * * * * root systemctl start gateway.service", true],
    ["# @reboot /usr/bin/node /srv/gateway/server.js", false],
    ["0 3 * * * root /srv/gateway/server.js --vacuum", false],
    ["@reboot /usr/bin/node /srv/other/server.js", false],
    ["* * * * * root systemctl restart gateway-old", false],
  ])("%s: %s", (text, isSecond) => {
    const lines = cronLinesIn(`MAILTO=root\n${text}\n`, "/etc/cron.d/x", null);
    expect(lines.some((line) => isManagedBy(line, NODE))).toBe(isSecond);
  });
});

describe("pm2's list", () => {
  it.each([
    [JSON.stringify([{ name: "api", pm_exec_path: "/srv/gateway/server.js", pid: 1 }]), true],
    [JSON.stringify([{ name: "gateway", pm_exec_path: "/srv/copy/server.js" }]), true],
    [JSON.stringify([{ name: "api", pm_exec_path: "/srv/other.js" }]), false],
    ["{", false],
    ["[1]", false],
  ])("%s: %s", (text, isSecond) => {
    expect(pm2EntriesIn(text).some((entry) => isManagedBy(entry, NODE))).toBe(isSecond);
  });
});
