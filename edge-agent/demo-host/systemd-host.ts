// A demo host that is a real systemd machine: booted, enrolled and installed as a VPS is. The service's restart goes through sudo by
// one exact line; losing power means that the cable is pulled and everything in it is killed.
import { copyFile, mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { INSTALLED_COMMAND, pathsOf, SUDOERS_FILE } from "../src/paths.ts";
import { acceptTrustBy, showTrustBy } from "./agent-commands.ts";
import type { DemoHost, Say } from "./demo-host.ts";
import { executionsOf } from "./executions.ts";
import { installOnMachine } from "./machine-install.ts";
import { bootMachine, prepareLink, type Machine } from "./machine.ts";

/** The machine's disk ends with it; this is kept between runs, so that it stays the same host. */
const SAVED_FILES = [pathsOf().identity, pathsOf().trust, pathsOf().fleetTrust];

/** Boots the machine; it is enrolled once the control plane listens on its link. */
export async function openSystemdHost(options: {
  readonly stateDir: string;
  readonly say: Say;
}): Promise<DemoHost> {
  const { say } = options;
  const saved = join(options.stateDir, "machine");
  say("making its network");
  const link = await prepareLink();
  say("booting it");
  const machine = await bootMachine(link);
  const runAgent = (args: readonly string[], input?: string) =>
    machine.run([INSTALLED_COMMAND, ...args], input);
  return {
    kind: "systemd",
    link: { gateway: link.gateway, address: link.address },
    breakCommand: `${machine.enterCommand} systemctl kill --kill-who=main --signal=KILL demo.service`,
    enrol: async ({ url, token, trustWords }) => {
      await restore(machine, saved, url);
      const enrolled = await installOnMachine(machine, { url, token, trustWords, say });
      await save(machine, saved);
      return enrolled;
    },
    acceptTrust: async (words) => {
      await acceptTrustBy(runAgent, words, []);
      await save(machine, saved);
    },
    trust: () => showTrustBy(runAgent, []),
    breakService: async () => {
      await machine.run(["systemctl", "kill", "--kill-who=main", "--signal=KILL", "demo.service"]);
    },
    status: async () => {
      const show = await machine.run(["systemctl", "show", "--property=ActiveState,MainPID", "demo.service"]);
      const journal = await machine.exec(["cat", pathsOf().journal]);
      const sudoers = await machine.run(["cat", SUDOERS_FILE]);
      return {
        kind: "systemd",
        activeState: /^ActiveState=(.*)$/m.exec(show)?.[1] ?? "unknown",
        mainPid: Number(/^MainPID=(\d+)$/m.exec(show)?.[1] ?? "0"),
        executions: executionsOf(journal.stdout),
        sudoers: sudoers.split("\n").filter((line) => line !== "" && !line.startsWith("#")),
      };
    },
    losePower: machine.losePower,
    stop: machine.destroy,
  };
}

async function save(machine: Machine, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const path of SAVED_FILES) {
    const file = `${machine.rootPath}${path}`;
    // Without an approver there is no version of the fleet's trust.
    if ((await stat(file).catch(() => null)) === null) continue;
    await copyFile(file, join(folder, path.replaceAll("/", "+")));
  }
}

/** Puts back who the machine is; only the port of its control plane may have changed since. */
async function restore(machine: Machine, folder: string, url: string): Promise<void> {
  for (const path of SAVED_FILES) {
    const file = join(folder, path.replaceAll("/", "+"));
    if ((await stat(file).catch(() => null)) === null) return;
    const json = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
    const text = JSON.stringify("url" in json ? { ...json, url } : json, null, 2);
    await machine.write(path, `${text}\n`, path === pathsOf().identity ? 0o600 : 0o644);
  }
}
