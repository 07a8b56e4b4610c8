// What networks and the boxes in them do to an agent that was connected: while it lasts the checks go on and the journal gets one line, not one a
// try; when it is over the agent is back by itself, at the latest after one wait of its backoff.
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BACKOFF_MAX_MS, SLOW_FROM_ATTEMPT } from "../../../edge-agent/src/core/connection/backoff.ts";
import { enrolDirectly, writeCatalogue } from "../peers/agent-process.ts";
import { type DoorState, httpAnswer, newDoor } from "../peers/door.ts";
import { atEnd, catalogueOf, newAgent, newHost, newPeer } from "../peers/host-under-test.ts";
import { pause, until } from "../peers/until.ts";

/** Long enough for several tries, short enough that the slow pace does not begin. */
const FAULT_MS = 4_000;
const BACK_WITHIN_MS = BACKOFF_MAX_MS + 5_000;

/** A service of the host's own whose checks are counted. */
async function newChecked() {
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    socket.on("error", () => undefined).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(async () => server.close());
  return { port: (server.address() as AddressInfo).port, count: () => count };
}

/** A host that is connected through a door of its own. */
async function newStory(options: Parameters<typeof newAgent>[1] = {}) {
  const peer = await newPeer();
  const door = await newDoor(peer.port);
  const checked = await newChecked();
  const host = await newHost();
  await enrolDirectly(host, door.url);
  await writeCatalogue(host, catalogueOf(checked.port));
  const agent = newAgent(host, options);
  await peer.connection(0);
  await until(() => agent.events("connection")[0], "its line");
  return { peer, door, checked, host, agent };
}

const FAULTS: readonly (readonly [string, DoorState, RegExp])[] = [
  ["closes at once", "closes", /dropped the connection/],
  ["resets", "resets", /dropped the connection/],
  ["answers garbage", "garbage", /does not speak this kind of connection/],
  ["500", httpAnswer("500 Oops"), /HTTP 500/],
  ["401", httpAnswer("401 No", ['WWW-Authenticate: Basic realm="x"']), /HTTP 401/],
  ["403", httpAnswer("403 No"), /HTTP 403/],
  ["429", httpAnswer("429 Slow down", ["Retry-After: 1"]), /HTTP 429/],
  ["a login page", httpAnswer("200 OK", ["Content-Type: text/html"], "<h1>Log in</h1>"), /HTTP 200/],
  ["a redirect to one", httpAnswer("302 Found", ["Location: http://login.example/"]), /login page/],
  ["a switch of protocols that is none", httpAnswer("101 Up", ["Upgrade: websocket"]), /HTTP 101/],
];

test("each of them is outlasted: checks go on, one line, back alone", async () => {
  const story = async ([name, state, words]: (typeof FAULTS)[number]) => {
    const { agent, checked, door, peer } = await newStory();
    const before = agent.events("connection").length;
    door.set(state);
    await pause(500);
    const checkedBefore = checked.count();
    await pause(FAULT_MS);
    expect(checked.count() - checkedBefore, `${name}: checks`).toBeGreaterThan(FAULT_MS / 200 / 4);
    expect(door.tries(), `${name}: tries`).toBeGreaterThanOrEqual(2);
    expect(door.tries(), `${name}: tries`).toBeLessThan(SLOW_FROM_ATTEMPT + 10);
    const texts = agent
      .events("connection")
      .slice(before)
      .map(({ text }) => String(text));
    // The first line is how the connection that was there ended.
    expect(texts.length, `${name}: ${texts.join(" | ")}`).toBeLessThanOrEqual(2);
    expect(texts.at(-1)).toMatch(words);
    const known = peer.connections.length;
    door.set("open");
    await until(() => peer.connections[known], `${name}: to be back`, BACK_WITHIN_MS);
    expect(agent.child.exitCode, name).toBeNull();
  };
  // A few at a time: each has an agent of its own.
  for (let from = 0; from < FAULTS.length; from += 5)
    await Promise.all(FAULTS.slice(from, from + 5).map(story));
});

test("a path that swallows everything is noticed, tried again in bounded time, and found when it is back", async () => {
  const { agent, checked, door, peer } = await newStory();
  door.set("swallows");
  await until(() => agent.stderr().includes("No keepalive was answered"), "it to be noticed");
  const checkedBefore = checked.count();
  await until(() => door.tries() >= 2, "a second try after the first was given up", 25_000);
  expect(checked.count()).toBeGreaterThan(checkedBefore + 10);
  const known = peer.connections.length;
  door.set("open");
  await until(() => peer.connections[known], "the connection", BACK_WITHIN_MS);
  const texts = agent.events("connection").map(({ text }) => String(text));
  expect(new Set(texts).size).toBeGreaterThanOrEqual(3);
  expect(texts.length).toBeLessThanOrEqual(5);
});

test("what a server asks us to wait is waited", async () => {
  const { door } = await newStory();
  door.set(httpAnswer("429 Slow down", ["Retry-After: 3"]));
  await until(() => door.tries() === 1, "the first try");
  const firstAt = performance.now();
  await until(() => door.tries() === 2, "the second try");
  expect(performance.now() - firstAt).toBeGreaterThanOrEqual(2_900);
});

/** A module hook in front of the agent's own sources. */
async function hookOf(host: { readonly root: string }, source: string): Promise<string> {
  const hook = join(host.root, "fault.mjs");
  await writeFile(hook, source);
  return hook;
}

test("a name that cannot be looked up any more is outlasted too", async () => {
  const peer = await newPeer();
  const checked = await newChecked();
  const host = await newHost();
  const gone = join(host.root, "dns-gone");
  const hook = await hookOf(
    host,
    `import dns from "node:dns";
     import { existsSync, readFileSync } from "node:fs";
     const lookup = dns.lookup;
     dns.lookup = (name, options, done) => {
       const code = existsSync(${JSON.stringify(gone)}) ? readFileSync(${JSON.stringify(gone)}, "utf8") : "";
       if (code === "") return lookup("127.0.0.1", options, done);
       setImmediate(() => done(Object.assign(new Error(code), { code, syscall: "getaddrinfo" })));
     };`,
  );
  await enrolDirectly(host, `http://desk.example:${peer.port}`);
  await writeCatalogue(host, catalogueOf(checked.port));
  const agent = newAgent(host, { hook });
  const first = await peer.connection(0);
  const faults = [
    ["EAI_AGAIN", "cannot be looked up"],
    ["ENOTFOUND", "There is no address"],
  ] as const;
  for (const [index, [code, words]] of faults.entries()) {
    await writeFile(gone, code);
    peer.connections[index]?.close(1012);
    await until(() => agent.stderr().includes(words), words, BACK_WITHIN_MS);
    await writeFile(gone, "");
    await until(() => peer.connections[index + 1], "the connection", BACK_WITHIN_MS);
  }
  expect(first.closed).not.toBeNull();
  const texts = agent.events("connection").map(({ text }) => String(text));
  for (const [, words] of faults) expect(texts.filter((text) => text.includes(words))).toHaveLength(1);
});

test("a server that welcomes and closes at once, two thousand times, leaves a few lines and no memory", async () => {
  const peer = await newPeer();
  const host = await newHost();
  const heap = join(host.root, "heap");
  // An hour of tries in a minute; what it holds is asked after a collection, since what could be collected is no growth.
  const hook = await hookOf(
    host,
    `import { registerHooks } from "node:module";
     import { writeFileSync } from "node:fs";
     import { setFlagsFromString } from "node:v8";
     import { runInNewContext } from "node:vm";
     setFlagsFromString("--expose-gc");
     process.on("SIGUSR2", () => {
       runInNewContext("gc")();
       writeFileSync(${JSON.stringify(heap)}, String(process.memoryUsage().heapUsed));
     });
     registerHooks({
       load: (url, context, next) => {
         const loaded = next(url, context);
         if (!url.endsWith("connection/backoff.ts")) return loaded;
         return { ...loaded, source: String(loaded.source).replace("BACKOFF_MAX_MS = 10_000", "BACKOFF_MAX_MS = 8") };
       },
     });`,
  );
  await enrolDirectly(host, peer.url);
  await writeCatalogue(host, catalogueOf(peer.port));
  const agent = newAgent(host, { hook });
  let count = 0;
  let isClosing = true;
  const closing = setInterval(() => {
    if (!isClosing) return;
    for (const connection of peer.connections.slice(count)) connection.close(1012);
    count = peer.connections.length;
  }, 2);
  atEnd(async () => clearInterval(closing));
  const closedTimes = async (times: number) => {
    isClosing = true;
    await until(() => count >= times, `${times} tries`, 60_000);
    isClosing = false;
    // What waits for a short while in any case (a hello for the actuator, a close for its answer) has ended then.
    await pause(3_000);
    await rm(heap, { force: true });
    agent.child.kill("SIGUSR2");
    await until(() => existsSync(heap), "its heap");
    await pause(50);
    return Number(await readFile(heap, "utf8"));
  };
  const before = await closedTimes(500);
  const growth = (await closedTimes(2_000)) - before;
  expect(growth, "bytes over 1,500 connections").toBeLessThan(1_000_000);
  const texts = agent.events("connection").map(({ text }) => String(text));
  expect(texts.length, texts.join(" | ")).toBeLessThanOrEqual(4);
});
