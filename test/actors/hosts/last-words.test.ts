// What a log said last, from the host's frame to people: on the approval before the yes, on the incident, on the host's view and over the API;
// as text alone, and in no page, no audit and no row of D1.
import { runInDurableObject, SELF } from "cloudflare:test";
import { expect, it, vi } from "vitest";
import { HostShard } from "../../../control-plane/src/platform/shard/host-shard.ts";
import { PATIENT } from "../../patience.ts";
import { signedInDevice } from "../people/device.ts";
import { failService, letRing, openApproval, proposalOf, propose } from "../world/desk-story.ts";
import {
  ask,
  type AgentSocket,
  bindings,
  connectedAgent,
  desk,
  enrolledHost,
  ORIGIN,
  shard,
  takeClock,
} from "../world/fleet.ts";

const SAID = "panic: no such table: orders";
const HOSTILE = `<a href="https://evil.example/">${SAID}</a> https://evil.example/yes`;

function tell(agent: AgentSocket, given: object = {}): void {
  agent.send({
    type: "last-words",
    service: "demo",
    at: Date.now(),
    occasion: "failed",
    exit: { code: "exited", status: 7 },
    lines: ["starting", HOSTILE],
    isCut: false,
    ...given,
  });
}

async function story() {
  const clock = takeClock();
  const host = await enrolledHost();
  const agent = await connectedAgent(host);
  tell(agent);
  const requestId = await failService(agent, clock);
  propose(agent, requestId, proposalOf(host));
  const approval = await vi.waitFor(async () => {
    const found = await openApproval();
    if (found === null) throw new Error("nothing is asked");
    return found;
  }, PATIENT);
  await letRing(clock);
  return { agent, approval, clock, host };
}

it("stands on the approval, the incident and the host's view as text, and is asked over the API", async () => {
  const { agent, approval, host } = await story();
  const device = await signedInDevice();
  const viewOf = async (path: string) => (await device.request(path)).text();
  const approvalView = await viewOf(`/approvals/${approval.approvalId}`);
  const views = [
    approvalView,
    await viewOf(`/incidents/${approval.incidentId}`),
    await viewOf(`/hosts/${host.hostId}`),
  ];
  for (const view of views) {
    expect(view).toContain("exited with status 7");
    expect(view).toContain(
      "&lt;a href=&quot;https://evil.example/&quot;&gt;panic: no such table: orders&lt;/a&gt;",
    );
    expect(view).not.toContain('href="https://evil.example');
  }
  expect(approvalView.indexOf(SAID)).toBeLessThan(approvalView.lastIndexOf("/approve"));
  tell(agent, { occasion: "act-failed", lines: ["it did not help"], exit: null });
  await vi.waitFor(
    async () => expect(await viewOf(`/approvals/${approval.approvalId}`)).toContain("it did not help"),
    PATIENT,
  );
  const shown = await ask(`/v1/admin/incidents/${approval.incidentId}`, { token: bindings.ADMIN_TOKEN });
  const { lastWords } = await shown.json<{
    lastWords: { words: { occasion: string; lines: string[] }[] }[];
  }>();
  expect(lastWords[0]?.words.map(({ lines, occasion }) => [occasion, lines.at(-1)])).toEqual([
    ["act-failed", "it did not help"],
    ["failed", HOSTILE],
  ]);
});

it("is in no page, title, audit, signal, history or row of D1", async () => {
  const { approval } = await story();
  await shard().settled();
  await desk().settled();
  const found = await desk().incident(approval.incidentId);
  const audit = await desk().auditRows({ before: null, limit: 200 });
  expect(JSON.stringify([found, audit])).not.toContain("no such table");
  expect(found?.pages.length).toBeGreaterThan(0);
  for (const actor of [desk(), shard()] as const) {
    const rows = await runInDurableObject(actor, (_instance, { storage }) =>
      storage.sql
        .exec<{ name: string }>(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
        )
        .toArray()
        .flatMap(({ name }) => storage.sql.exec(`SELECT * FROM "${name}"`).toArray())
        .filter((row) => JSON.stringify(row).includes("no such table"))
        .map((row) => row["kind"]),
    );
    expect([...new Set(rows)]).toEqual(rows.length === 0 ? [] : ["words"]);
  }
  const tables = await bindings.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{
    name: string;
  }>();
  for (const { name } of tables.results.filter((table) => !table.name.startsWith("_cf")))
    expect(JSON.stringify(await bindings.DB.prepare(`SELECT * FROM "${name}"`).all())).not.toContain(
      "no such table",
    );
});

it("costs a view this part alone where the shard does not answer", async () => {
  const { approval } = await story();
  const device = await signedInDevice();
  vi.spyOn(console, "error").mockReturnValue();
  vi.spyOn(HostShard.prototype, "lastWords").mockRejectedValue(new Error("the shard is broken"));
  const view = await (await device.request(`/approvals/${approval.approvalId}`)).text();
  expect(view).toContain("could not be read");
  expect(view).toContain("Approve");
});

it("is kept of services of the host's own list alone, and goes with the host", async () => {
  const { agent, host } = await story();
  tell(agent, { service: "stranger" });
  await agent.ping();
  const kept = async () => (await shard().lastWords(host.hostId, null)).map(({ service }) => service);
  expect(await kept()).toEqual(["demo"]);
  await shard().retireHost({ hostId: host.hostId, shard: host.shard });
  expect(await kept()).toEqual([]);
});

it("is told to nobody who is not signed in", async () => {
  const { approval } = await story();
  const answer = await SELF.fetch(`${ORIGIN}/approvals/${approval.approvalId}`);
  expect(await answer.text()).not.toContain("no such table");
});
