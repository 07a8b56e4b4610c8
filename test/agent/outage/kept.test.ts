// What an agent keeps of an outage, and what it does without on a disk that takes nothing.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { appendFile, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { enrolDirectly, type HostDirectories, writeCatalogue } from "../peers/agent-process.ts";
import { type ControlPlanePeer, startControlPlanePeer } from "../peers/control-plane-peer.ts";
import { atEnd, catalogueOf, newAgent, newHost, newPeer } from "../peers/host-under-test.ts";
import { pause, until } from "../peers/until.ts";

const SPOOLED_WITHIN_MS = 30_000;
const run = promisify(execFile);

/** A host whose service has a configuration file, each change of which is a fact. */
async function newWatchedHost(peer: Pick<ControlPlanePeer, "port" | "url">) {
  const host = await newHost();
  const config = join(host.root, "gateway.yaml");
  await writeFile(config, "version: 0\n");
  await enrolDirectly(host, peer.url);
  const evidence = `    evidence: { every: 200ms, config: [${config}] }\n`;
  await writeCatalogue(host, catalogueOf(peer.port).replace("    actions:", `${evidence}    actions:`));
  return { host, config, waiting: join(host.stateDir, "agent/waiting-facts.ndjson") };
}

/** The instants at which the file was changed, in the order in which they were told. */
const changesOf = ({ connections }: ControlPlanePeer) =>
  connections
    .flatMap(({ messages }) => messages.flatMap((message) => (message.type === "facts" ? message.facts : [])))
    .filter(({ kind }) => kind === "config-changed")
    .map(({ at }) => at);

let version = 0;
/** Changes the file, and says when that was. */
async function change(config: string): Promise<number> {
  version += 1;
  // whole at once: an agent that looks between the emptying and the writing of a file sees two instants
  await writeFile(`${config}.next`, `version: ${version}\n`);
  await rename(`${config}.next`, config);
  const { ctimeMs } = await stat(config);
  await pause(600);
  return Math.round(ctimeMs);
}

test("what happened in an outage is told after it, once and in order, by the agent after the next", async () => {
  const peer = await startControlPlanePeer();
  const { config, host, waiting } = await newWatchedHost(peer);
  const first = newAgent(host);
  await peer.connection(0);
  await pause(500);
  await peer.die();
  const happenedAt = [await change(config), await change(config)];
  await first.stop();
  expect(await readFile(waiting, "utf8")).toContain("config-changed");
  // Half a line, as a full disk leaves it.
  await appendFile(waiting, '{"kind":"config-ch');
  const second = newAgent(host);
  await until(() => second.events("spool")[0], "the word about the damaged line");
  await until(() => second.events("connection")[0], "its outage");
  await pause(1_500);
  const lastAt = await change(config);
  // From then on what kills the agent costs nothing of it.
  await until(() => textOf(waiting).match(/config-changed/g)?.length === 3, "the file", SPOOLED_WITHIN_MS);
  await second.stop("SIGKILL");

  const returned = await newPeer({ port: peer.port });
  newAgent(host);
  await until(() => changesOf(returned).length >= 3, "what happened");
  expect(changesOf(returned)).toEqual([...happenedAt, lastAt]);
  await until(() => textOf(waiting) === "", "the file to be emptied", SPOOLED_WITHIN_MS);
  expect(changesOf(returned), "told once").toHaveLength(3);
});

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** A host whose agent's state lies on a small file system of its own. */
async function newHostOnSmallDisk(
  peer: ControlPlanePeer,
): Promise<HostDirectories & { readonly disk: string; readonly config: string }> {
  const { config, host } = await newWatchedHost(peer);
  const disk = join(host.stateDir, "agent");
  const identity = await readFile(host.identity);
  await run("mount", ["-t", "tmpfs", "-o", "size=64k,mode=700", "countersign-test", disk]);
  atEnd(() => run("umount", ["--lazy", disk]));
  await mkdir(disk, { recursive: true });
  await writeFile(host.identity, identity, { mode: 0o600 });
  return { ...host, disk, config };
}

const isRoot = process.platform === "linux" && process.getuid?.() === 0;
if (!isRoot) process.stderr.write("!!! SKIPPED disks that take nothing: it needs root on Linux\n");

test.skipIf(!isRoot).each(["full", "read-only"] as const)(
  "on a disk that is %s it watches, tells and starts anew",
  async (state) => {
    const peer = await newPeer();
    const host = await newHostOnSmallDisk(peer);
    const fill = async () => {
      if (state === "full")
        await run("dd", ["if=/dev/zero", `of=${host.disk}/filler`, "bs=4k"]).catch(() => undefined);
      else await run("mount", ["-o", "remount,ro", host.disk]);
    };
    const first = newAgent(host);
    await peer.connection(0);
    await fill();
    await change(host.config);
    await until(() => changesOf(peer).length >= 1, "the fact");
    peer.behaviour.onSocket = (socket) => socket.terminate();
    peer.connections[0]?.close(1012);
    await change(host.config);
    await until(() => first.events("spool")[0], "the word that nothing is kept", SPOOLED_WITHIN_MS);
    await pause(12_000);
    expect(first.events("spool"), "said once").toHaveLength(1);
    peer.behaviour.onSocket = null;
    await until(() => changesOf(peer).length >= 2, "the fact of the outage", 20_000);
    await first.stop("SIGKILL");
    const second = newAgent(host);
    await until(() => peer.connections.length >= 3, "the agent after it", 20_000);
    expect(second.child.exitCode).toBeNull();
  },
  120_000,
);
