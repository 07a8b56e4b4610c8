// What a shard cannot store it has not judged, heard or taken in: whoever was due in a sweep is judged by the next one, an end is taken in
// later, and a host whose frame was lost is made to say all again.
import { expect, it } from "vitest";
import { memoryShardPorts } from "../../../../control-plane/replay/ports/memory-shard-ports.ts";
import { MemorySockets, type Peer } from "../../../../control-plane/replay/ports/memory-sockets.ts";
import { VirtualAlarm } from "../../../../control-plane/replay/ports/virtual-alarm.ts";
import { VirtualClock } from "../../../../control-plane/replay/world/virtual-clock.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";
import { ShardArrivals } from "../../../../control-plane/src/shell/shard/shard-arrivals.ts";
import { ShardShell } from "../../../../control-plane/src/shell/shard/shard-shell.ts";

const HOST = "host_00000000000000000000000000000001";
const policy = Policy.parse({ version: 1 });

/** Its socket is open, and no keepalive comes. */
const SILENT: Peer = {
  isHeardNow: false,
  keepaliveMs: 5_000,
  lastKeepaliveAt: (connectedAt) => connectedAt,
  take: () => {},
  losesSocket: () => {},
};

function shardOnDisk(disk: { isFull: boolean }) {
  const clock = new VirtualClock();
  const sockets = new MemorySockets<Peer>(clock);
  const alarm = new VirtualAlarm(clock, (scheduledAt) => shell.ring(scheduledAt));
  const none = () => {};
  const calls = { tellDesk: none, askPolicy: none, askTrust: none, fetchTrust: none, askSecondOpinion: none };
  const memory = memoryShardPorts({ clock, alarm, sockets, calls, policy: () => policy });
  const { rows } = memory;
  const atomically = rows.atomically.bind(rows);
  rows.atomically = (write) => {
    if (disk.isFull) throw new Error("the disk is full");
    atomically(write);
  };
  const ports = { ...memory, isMemoryLasting: false, log: { error: () => {} } };
  const shell = new ShardShell(ports);
  return { clock, sockets, shell, arrivals: new ShardArrivals(shell, ports) };
}

function hostOnDisk(disk: { isFull: boolean }) {
  const shard = shardOnDisk(disk);
  const { arrivals, clock, shell, sockets } = shard;
  shell.enrol({ shard: "shard-0", hostId: HOST, name: "web-1", publicKey: HOST });
  const connection = {
    connectionId: "connection-1",
    bootId: "00000000-0000-4000-8000-000000000001",
    connectedAt: clock.now,
    agentVersion: "0.1.0",
    hostname: "web-1",
    address: HOST,
    probePort: null,
    catalogue: [],
  };
  sockets.open(HOST, SILENT, connection);
  arrivals.greet(HOST, connection, { addressGroup: "", lastSeenAt: null });
  arrivals.takeMessage(HOST, { version: 1, type: "report", digest: true, sentAt: clock.now, services: [] });
  return { ...shard, connection };
}

it("a host that was due in a sweep that failed is judged by the next", () => {
  const disk = { isFull: false };
  const { clock, shell } = hostOnDisk(disk);
  clock.advance(20_000);
  expect(shell.state.hosts.get(HOST)?.liveness).toBe("late");
  disk.isFull = true;
  clock.advance(80_000);
  disk.isFull = false;
  clock.advance(10_000);
  expect(shell.state.hosts.get(HOST)?.liveness).toBe("down");
});

it("the end of a socket that could not be stored is taken in when the alarm rings: nobody tells it twice", () => {
  const disk = { isFull: false };
  const { arrivals, clock, connection, shell, sockets } = hostOnDisk(disk);
  const { connectedAt, connectionId } = connection;
  sockets.closeAllOf(HOST, "replaced");
  disk.isFull = true;
  arrivals.noteEnd({ kind: "disconnected", hostId: HOST, connectionId, lastSeenAt: connectedAt });
  expect(shell.state.hosts.get(HOST)?.connection?.connectionId).toBe(connectionId);
  arrivals.retry();
  disk.isFull = false;
  arrivals.retry();
  expect(shell.state.hosts.get(HOST)?.connection).toBeNull();
  clock.advance(200_000);
  expect(shell.state.hosts.get(HOST)?.liveness).toBe("down");
});

/** All but reports can be stored. */
function refuseReports(shell: ShardShell): void {
  const take = shell.take.bind(shell);
  shell.take = (event, alsoWrite) => {
    if (event.kind === "reported") throw new Error("its rows");
    take(event, alsoWrite);
  };
}

const reportAt = (at: number) => ({
  version: 1 as const,
  type: "report" as const,
  digest: false,
  sentAt: at,
  services: [],
});

it("a host whose frame could not be stored stays connected until it can be, and then is made to say all again", () => {
  const disk = { isFull: false };
  const { arrivals, clock, shell, sockets } = hostOnDisk(disk);
  disk.isFull = true;
  expect(arrivals.takeMessage(HOST, reportAt(clock.now))).toEqual({ ok: true, value: null });
  clock.advance(7_000);
  arrivals.retry();
  expect(sockets.lastSeen(HOST)).not.toBeNull();
  disk.isFull = false;
  arrivals.retry();
  expect(sockets.lastSeen(HOST)).toBeNull();
  expect(shell.state.hosts.get(HOST)?.connection).toBeNull();
});

it("a frame that fails while all else can be stored ends the socket at once, before a keepalive confirms it", () => {
  const { arrivals, clock, shell, sockets } = hostOnDisk({ isFull: false });
  refuseReports(shell);
  arrivals.takeMessage(HOST, reportAt(clock.now));
  expect(sockets.lastSeen(HOST)).toBeNull();
  expect(shell.state.hosts.get(HOST)?.connection).toBeNull();
});

it("neither is a frame lost that was refused while nothing could be stored", () => {
  const disk = { isFull: false };
  const { arrivals, sockets } = hostOnDisk(disk);
  disk.isFull = true;
  arrivals.refuseFrame(HOST, { reason: "frame-malformed", isDigest: true, frameHash: null });
  expect(sockets.count).toBe(1);
  disk.isFull = false;
  arrivals.retry();
  expect(sockets.count).toBe(0);
});

it("a hello that could not be stored ends its socket, and the connection before it as it was heard last", () => {
  const disk = { isFull: false };
  const { arrivals, clock, connection, shell, sockets } = hostOnDisk(disk);
  const lastSeenAt = clock.now;
  clock.advance(5_000);
  const again = { ...connection, connectionId: "connection-2", connectedAt: clock.now };
  disk.isFull = true;
  sockets.open(HOST, SILENT, again);
  arrivals.greet(HOST, again, { addressGroup: "", lastSeenAt });
  expect(sockets.lastSeen(HOST)).toBeNull();
  disk.isFull = false;
  arrivals.retry();
  // A hello that was not stored is no sign of life: of whose boot it was is not known any more.
  expect(shell.state.hosts.get(HOST)).toMatchObject({ connection: null, lastSeenAt });
  clock.advance(200_000);
  expect(shell.state.hosts.get(HOST)?.liveness).toBe("down");
});

it("a host that could be welcomed meanwhile is not sent away", () => {
  const disk = { isFull: false };
  const { arrivals, clock, connection, sockets } = hostOnDisk(disk);
  disk.isFull = true;
  arrivals.takeMessage(HOST, reportAt(clock.now));
  disk.isFull = false;
  const again = { ...connection, connectionId: "connection-2", connectedAt: clock.now };
  sockets.open(HOST, SILENT, again);
  arrivals.greet(HOST, again, { addressGroup: "", lastSeenAt: clock.now });
  arrivals.takeMessage(HOST, reportAt(clock.now));
  arrivals.retry();
  expect(sockets.lastSeen(HOST)).not.toBeNull();
});

it("a frame that can never be stored is no loop: its host is made to connect again once a minute", () => {
  const { arrivals, clock, connection, shell, sockets } = hostOnDisk({ isFull: false });
  refuseReports(shell);
  let ends = 0;
  for (let round = 0; round < 20; round += 1) {
    const again = { ...connection, connectionId: `connection-${round + 2}`, connectedAt: clock.now };
    sockets.open(HOST, SILENT, again);
    arrivals.greet(HOST, again, { addressGroup: "", lastSeenAt: null });
    arrivals.takeMessage(HOST, reportAt(clock.now));
    arrivals.retry();
    if (sockets.lastSeen(HOST) === null) ends += 1;
    clock.advance(6_000);
  }
  expect(ends).toBe(2);
});

it("what a host said of its leaving is not undone", () => {
  const disk = { isFull: false };
  const { arrivals, clock, shell, sockets } = hostOnDisk(disk);
  disk.isFull = true;
  arrivals.takeMessage(HOST, reportAt(clock.now));
  disk.isFull = false;
  arrivals.takeMessage(HOST, { version: 1, type: "leaving", reason: "reboot", returnWithinMs: 300_000 });
  arrivals.retry();
  expect(sockets.lastSeen(HOST)).not.toBeNull();
  expect(shell.state.hosts.get(HOST)?.returnDueAt).toBe(clock.now + 300_000);
});

it("a full disk is tried a few times a ring, however many hosts wait, and an end that is told twice is one", () => {
  const { arrivals, shell } = hostOnDisk({ isFull: false });
  let tries = 0;
  shell.take = () => {
    tries += 1;
    throw new Error("the disk is full");
  };
  for (let number = 0; number < 50; number += 1) {
    const hostId = `host_${String(number).padStart(32, "0")}`;
    const end = { kind: "disconnected", hostId, connectionId: `con_${number}`, lastSeenAt: number } as const;
    arrivals.noteEnd(end);
    arrivals.noteEnd({ ...end, lastSeenAt: number + 1 });
  }
  tries = 0;
  arrivals.retry();
  expect(tries).toBe(3);
  const taken: number[] = [];
  shell.take = (event) => {
    if (event.kind === "disconnected") taken.push(event.lastSeenAt ?? -1);
  };
  arrivals.retry();
  // What was tried is behind all others, and the first word about a connection holds.
  expect(taken).toEqual([...Array.from({ length: 47 }, (_none, index) => index + 3), 0, 1, 2]);
});

it("an end that cannot be taken in holds up no other", () => {
  const { arrivals, connection, shell } = hostOnDisk({ isFull: false });
  const taken: string[] = [];
  const bad = "host_00000000000000000000000000000002";
  shell.take = (event) => {
    if (event.kind !== "disconnected") return;
    if (event.hostId === bad && taken.length === 0) throw new Error("its row");
    taken.push(event.hostId);
  };
  const end = { kind: "disconnected", lastSeenAt: 0 } as const;
  arrivals.noteEnd({ ...end, hostId: bad, connectionId: "connection-of-bad" });
  arrivals.noteEnd({ ...end, hostId: HOST, connectionId: connection.connectionId });
  arrivals.retry();
  expect(taken).toEqual([HOST, bad]);
});
