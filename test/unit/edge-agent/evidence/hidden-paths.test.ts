// Which paths of a catalogue an installed agent could never see.
import { expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { hiddenPathsOf } from "../../../../edge-agent/src/core/evidence/hidden-paths.ts";
import { plainPathOf } from "../../../../edge-agent/src/core/evidence/plain-path.ts";

function hiddenOf(service: object) {
  const checks = [{ name: "port", kind: "tcp", port: 1 }];
  return hiddenPathsOf(Catalogue.parse({ version: 1, services: [{ name: "bob", checks, ...service }] }));
}

test.each([
  ["/tmp/ledger", "a /tmp of its own"],
  ["/var/tmp/ledger", "a /var/tmp of its own"],
  ["//tmp//x", "a /tmp of its own"],
  ["/var/lib/../tmp/x", "a /var/tmp of its own"],
  ["/dev/disk/by-label/x", "devices"],
  ["/run/user/1000/x", "made anew"],
  ["/var/run/user/1000/x", "made anew"],
  ["/var/lib/private/x/y", "only root"],
  ["/var/lib/countersign-actuator/journal.ndjson", "only root"],
  ["/home/my bob/x", "letters, digits"],
  ["/root/a'b/x", "letters, digits"],
])("%s is hidden: %s", (ledger, why) => {
  expect(hiddenOf({ evidence: { ledger } })).toMatchObject([
    { at: ["services", 0, "evidence", "ledger"], path: ledger, why: expect.stringContaining(why) },
  ]);
});

test.each([
  "/tmpfiles/x",
  "/var/tmpl/x",
  "/dev/shm/x",
  "/run/bob/x",
  "/home/bob/.claude/my file.json",
  "/home/bob/../bob/x",
  "/homestead/a b/x",
  "/root/x",
  "/srv/a b/x",
])("%s is not", (ledger) => {
  expect(hiddenOf({ evidence: { ledger } })).toEqual([]);
});

test("each kind of path is looked at, and a pid file in a home too, which nothing opens", () => {
  const evidence = {
    ledger: "/tmp/l",
    counters: [
      { name: "a", url: "http://127.0.0.1/m", metric: "x" },
      { name: "b", file: "/tmp/c", metric: "x" },
    ],
    credentials: [{ name: "a", path: "/tmp/k" }],
    code: ["/opt/x", "/tmp/x"],
    config: ["/tmp/y"],
    fallbacks: [{ name: "a", marker: "/tmp/m" }],
  };
  expect(hiddenOf({ pidFile: "/home/bob/pid", evidence }).map(({ at }) => at.slice(2).join("."))).toEqual([
    "pidFile",
    "evidence.ledger",
    "evidence.counters.1.file",
    "evidence.credentials.0.path",
    "evidence.code.1",
    "evidence.config.0",
    "evidence.fallbacks.0.marker",
  ]);
});

test("a path without detours", () => {
  expect(plainPathOf("/a//b/./c/../d/")).toBe("/a/b/d");
  expect(plainPathOf("/../..")).toBe("/");
});
