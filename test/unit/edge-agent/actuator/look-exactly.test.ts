// How the actuator sees what only root can: by exactly one line of sudo, and never by the line of another.
import { expect, test } from "vitest";
import { createExactLook } from "../../../../edge-agent/src/actuator/look-exactly.ts";
import type { BoundedRun } from "../../../../edge-agent/src/actuator/run-action.ts";
import { UNIT_PROPERTIES } from "../../../../edge-agent/src/core/unit-properties.ts";

const GATEWAY = { unit: "openclaw-gateway.service", manager: "user", user: "bob" } as const;
const CONTAINER = { container: { name: "n8n", engine: "docker" } } as const;

function endOf(changes: Partial<BoundedRun>): BoundedRun {
  return { how: "exited", exitCode: 0, stdout: "", stderr: "", ended: Promise.resolve(), ...changes };
}

function looking(end: BoundedRun) {
  const asked: (readonly string[])[] = [];
  const look = createExactLook((argv) => {
    asked.push(argv);
    return Promise.resolve(end);
  });
  return { asked, look };
}

test("a user's unit by its user's manager, in UTC", async () => {
  const stdout = [
    "LoadState=loaded",
    "ActiveState=active",
    "SubState=running",
    "Result=success",
    "NRestarts=0",
    `InvocationID=${"ab".repeat(16)}`,
    "MainPID=812",
    "ActiveEnterTimestamp=Mon 2026-11-30 10:00:00 UTC",
  ].join("\n");
  const { asked, look } = looking(endOf({ stdout }));
  expect((await look(GATEWAY)).state).toMatchObject({
    activeState: "active",
    mainPid: 812,
    activeEnterAt: Date.UTC(2026, 10, 30, 10),
  });
  const [argv = []] = asked;
  expect(argv.join(" ")).toBe(
    `/usr/bin/sudo -n /usr/bin/systemctl --user --machine=bob@.host show --timestamp=utc --property=${UNIT_PROPERTIES.join(",")} openclaw-gateway.service`,
  );
});

test("what sudo, systemd or the engine refuses is unknown; a container that is not there is not", async () => {
  const refused = endOf({ exitCode: 1, stderr: "sudo: a password is required" });
  expect((await looking(refused).look(GATEWAY)).state.activeState).toBe("unknown");
  expect((await looking(refused).look(CONTAINER)).state.activeState).toBe("unknown");
  const gone = endOf({ exitCode: 1, stderr: "Error response from daemon: No such container: n8n" });
  expect((await looking(gone).look(CONTAINER)).state).toMatchObject({
    activeState: "inactive",
    loadState: "not-found",
  });
});

test("a look that throws is unknown", async () => {
  const look = createExactLook(() => Promise.reject(new Error("spawn")));
  expect((await look(CONTAINER)).state.activeState).toBe("unknown");
});

test("while one hangs no other begins, and when it has ended one does", async () => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const { asked, look } = looking(endOf({ how: "timed-out", exitCode: null, ended }));
  await look(CONTAINER);
  expect((await look(CONTAINER)).state.activeState).toBe("unknown");
  expect(asked).toHaveLength(1);
  await look(GATEWAY);
  expect(asked).toHaveLength(2);
  resolve();
  await ended;
  await look(CONTAINER);
  expect(asked).toHaveLength(3);
});
