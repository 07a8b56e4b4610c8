// A host whose agent is of version 1 is watched as any other, and nothing is asked of it: neither by the ladder nor by a person.
import { expect, it } from "vitest";
import { type DrivenShard, driveShard, grantWith, WEB_1 } from "../shard-driver.ts";

const VERSION_1 = { signing: undefined as never };
const ASK = {
  requestId: "prq_9",
  hostId: WEB_1,
  service: "web",
  action: "restart",
  by: { kind: "person", responder: "alice", why: "it leaks", incidentId: "inc_1" },
  untilAt: Infinity,
} as const;

function failing(changes: { readonly signing?: never }): DrivenShard {
  const shard = driveShard();
  shard.enrol();
  shard.connect(WEB_1, changes);
  shard.report();
  for (let count = 0; count < 3; count += 1) {
    shard.advance(5_000);
    shard.report({ status: "fail" });
  }
  return shard;
}

it("a question that is due is not put, and why is told with what fires", () => {
  const shard = failing(VERSION_1);
  expect(shard.sent("propose")).toEqual([]);
  expect(shard.signals("firing")).toMatchObject([
    { reason: "check-failing", proposalRequestId: null, refusal: { reason: "install-again" } },
  ]);
});

it("it is put when the host comes back with an agent that reads it", () => {
  const shard = failing(VERSION_1);
  shard.connect(WEB_1, { connectionId: "con_2" });
  // It is watched for a moment first, as every host that comes back.
  shard.report({ status: "fail" });
  shard.advance(10_000);
  shard.report({ status: "fail" });
  expect(shard.sent("propose")).toMatchObject([
    {
      version: 2,
      askedBy: { kind: "rule", rule: "check-failing" },
      reason: "web is failing on web-1",
    },
  ]);
});

it("a person who asks is told at once", () => {
  const shard = failing(VERSION_1);
  shard.send({ kind: "asked-for", hostId: WEB_1, ask: ASK });
  expect(shard.sent("propose")).toEqual([]);
  expect(shard.signals("proposal-refused")).toMatchObject([
    { requestId: "prq_9", refusal: { reason: "install-again" } },
  ]);
});

it("a person's own why is what the host is told, in one visible line", () => {
  const shard = failing({});
  const by = { ...ASK.by, why: `it\u202eleaks\n${"x".repeat(400)}` };
  shard.send({ kind: "asked-for", hostId: WEB_1, ask: { ...ASK, by } });
  const [, asked] = shard.sent("propose");
  expect(asked).toMatchObject({ askedBy: { kind: "person", person: "alice" } });
  expect(asked?.reason).toMatch(/^it\uFFFDleaks x+…$/);
  expect(asked?.reason).toHaveLength(300);
  shard.mint();
  expect(shard.signals("proposed").at(-1)?.asked.reason).toBe(asked?.reason);
});

it("a host that comes back with an agent of version 1 is sent neither grants nor open questions", () => {
  const shard = failing({});
  expect(shard.sent("propose")).toHaveLength(1);
  shard.connect(WEB_1, { connectionId: "con_2", ...VERSION_1 });
  shard.send({ kind: "grant-issued", grant: grantWith({ expiresAt: shard.now() + 60_000 }) });
  expect([shard.sent("propose").length, shard.sent("grant").length]).toEqual([1, 0]);
  shard.connect(WEB_1, { connectionId: "con_3" });
  expect(shard.sent("grant")).toMatchObject([{ version: 2, grantId: "grt_1" }]);
});
