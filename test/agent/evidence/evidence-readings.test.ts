// Counters and ledgers as they are read from real files and a real server: their limits, and what is lost, gained or blind.
import { once } from "node:events";
import { appendFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EXPOSITION_BYTES_MAX } from "../../../edge-agent/src/core/evidence/exposition.ts";
import { NO_LEDGER_YET } from "../../../edge-agent/src/core/evidence/ledger.ts";
import { openLedgerPositions } from "../../../edge-agent/src/evidence/ledger-positions.ts";
import { createCounterReader } from "../../../edge-agent/src/evidence/read-counter.ts";
import { createLedgerReader, REFUSED_IN_A_ROW_MAX } from "../../../edge-agent/src/evidence/read-ledger.ts";
import { atEnd, newHost } from "../peers/host-under-test.ts";

const BOOT_A = "aaaaaaaa-0000-4000-8000-000000000000";
const BOOT_B = "bbbbbbbb-0000-4000-8000-000000000000";

describe("readings", () => {
  test("of a page of counters hold at their edge", async () => {
    const host = await newHost();
    const file = join(host.root, "jobs.prom");
    const text = "jobs_total 7\n";
    const counter = { name: "jobs", file, metric: "jobs_total" };
    await writeFile(file, text + "#".repeat(EXPOSITION_BYTES_MAX - text.length));
    expect((await createCounterReader(counter, "web")()).events).toMatchObject([{ kind: "work", value: 7 }]);
    await appendFile(file, "#");
    const tooLarge = await createCounterReader(counter, "web")();
    expect(tooLarge.events).toEqual([]);
    expect(tooLarge.problems.join()).toContain("larger than");
  });

  test("of a counter's page hold at their edge, and a page that is not well is no counter", async () => {
    let answer = { status: 200, text: "" };
    const server = createServer((_, response) => response.writeHead(answer.status).end(answer.text));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    atEnd(async () => server.close());
    const { port } = server.address() as AddressInfo;
    const counter = { name: "jobs", url: `http://127.0.0.1:${port}/metrics`, metric: "jobs_total" };
    const text = "jobs_total 7\n";
    answer = { status: 200, text: text + "#".repeat(EXPOSITION_BYTES_MAX - text.length) };
    expect((await createCounterReader(counter, "web")()).events).toMatchObject([{ kind: "work", value: 7 }]);
    for (const bad of [
      { status: 200, text: `${answer.text}#` },
      { status: 500, text },
      { status: 200, text: "other_total 1\n" },
    ]) {
      answer = bad;
      const { events, problems } = await createCounterReader(counter, "web")();
      expect({ events, problems: problems.length }).toEqual({ events: [], problems: 1 });
    }
    // What goes wrong is told to people: it names the page, and nothing that opens it.
    answer = { status: 500, text };
    const url = `HTTP://reader:hidden@127.0.0.1:${port}/metrics?token=hidden`;
    const { problems } = await createCounterReader({ ...counter, url }, "web")();
    expect(problems.join()).toContain(`http://127.0.0.1:${port}/metrics `);
    expect(problems.join()).not.toContain("hidden");
    const overTls = await createCounterReader(
      { ...counter, url: `HTTPS://127.0.0.1:${port}/metrics` },
      "web",
    )();
    expect(overTls.problems.join()).not.toContain("ERR_INVALID_PROTOCOL");
  });

  test("of a counter are those of its series: how much each grew, whatever went wrong in between", async () => {
    let answer = { text: "", type: "" };
    const server = createServer((_, response) =>
      response.writeHead(200, { "content-type": answer.type }).end(answer.text),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    atEnd(async () => server.close());
    const { port } = server.address() as AddressInfo;
    const read = createCounterReader(
      { name: "jobs", url: `http://127.0.0.1:${port}/metrics`, metric: "jobs_total" },
      "web",
    );
    const told = async (text: string, type = "text/plain; version=0.0.4") => {
      answer = { text, type };
      const { events, problems } = await read();
      return (
        problems[0] ?? events.map((fact) => (fact.kind === "work" ? [fact.value, fact.gain] : [])).flat()
      );
    };
    expect(await told('jobs_total{q="a"} 100\njobs_total{q="b"} 5\n')).toEqual([105, undefined]);
    expect(await told('jobs_total{q="a"} 100\njobs_total{q="b"} 7\njobs_total{q="c"} 40\n')).toEqual([
      147, 2,
    ]);
    expect(await told("<html>upstream is gone</html>\n")).toContain("holds no metrics");
    expect(await told("# TYPE jobs counter\njobs_total 1\n", "application/openmetrics-text")).toContain(
      "breaks off",
    );
    expect(await told('jobs_total{q="b"} 3\njobs_total{q="c"} 40\n'), "one went, one began anew").toEqual([
      43, 3,
    ]);
  });

  test("of a ledger: a line that is lost blinds nobody, three in a row or nothing but such lines do", async () => {
    const path = join((await newHost()).root, "ledger");
    const scene = { service: "web", credentials: [], commands: [] };
    const read = createLedgerReader({ path, scene, position: NO_LEDGER_YET });
    const after = async (...lines: readonly string[]) => {
      await appendFile(path, lines.map((line) => `${line}\n`).join(""));
      const { problems, losses = [] } = await read();
      return [problems.length, losses.length];
    };
    const drill = '{"kind":"drill","path":"x"}';
    expect(await after("nonsense"), "all that there was").toEqual([1, 0]);
    expect(await after(drill), "one is lost").toEqual([0, 1]);
    expect(await after(...Array<string>(REFUSED_IN_A_ROW_MAX - 1).fill("nonsense"))).toEqual([0, 1]);
    expect(await after("nonsense")).toEqual([1, 0]);
    expect(await after(drill)).toEqual([0, 1]);
  });

  test("of a ledger: after a boot what ran before it runs no longer, though nobody wrote its end", async () => {
    const { root } = await newHost();
    const [path, kept] = [join(root, "ledger"), join(root, "ledgers.json")];
    const scene = { service: "web", credentials: [], commands: [] };
    const line = (startedAt: number) => `${JSON.stringify({ kind: "session-running", startedAt })}\n`;
    const [before, bootedAt, after] = [1_700_000_000, 1_700_000_500, 1_700_001_000];
    const started = async (bootId: string) => {
      const boot = { bootId, bootedAt: bootedAt * 1_000 };
      const positions = await openLedgerPositions(kept, boot, (error) => {
        throw error;
      });
      const booted = positions.bootedAt === undefined ? {} : { bootedAt: positions.bootedAt };
      const read = createLedgerReader({
        path,
        scene,
        position: positions.of(path) ?? NO_LEDGER_YET,
        ...booted,
      });
      return async () => {
        const { states, ledger } = await read();
        positions.settle(ledger === undefined ? [] : [ledger]);
        positions.stop();
        return states.map((fact) => fact.kind === "session-running" && fact.startedAt);
      };
    };
    await appendFile(path, line(before));
    expect(await (await started(BOOT_A))()).toEqual([before * 1_000]);
    expect(await (await started(BOOT_A))(), "an agent that begins anew forgets and says nothing").toEqual([]);
    const rebooted = await started(BOOT_B);
    expect(await rebooted()).toEqual([null]);
    await appendFile(path, line(after));
    expect(await rebooted()).toEqual([after * 1_000]);
    await appendFile(path, line(before));
    expect(await (await started(BOOT_A))(), "unread before the power went").toEqual([null]);
  });
});
