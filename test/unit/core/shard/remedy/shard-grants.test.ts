// Grants on their way to a host: sent at once, held while it is late, dropped when void, never handed out twice.
import { describe, expect, it } from "vitest";
import { namedAt } from "@countersign/shared/values/named";
import { OUTCOMES_SEEN_MAX } from "../../../../../control-plane/src/core/shard/shard-outcome.ts";
import {
  driveFailingService,
  driveUpHost,
  grantWith,
  outcomeWith,
  START_AT,
  WEB_1,
  WEB_2,
} from "../shard-driver.ts";

describe("a grant", () => {
  it("is sent at once to a host that is up, as the envelope it is", () => {
    const shard = driveUpHost();
    shard.send({ kind: "grant-issued", grant: grantWith() });
    expect(shard.sent("grant")).toEqual([
      {
        version: 2,
        type: "grant",
        grantId: "grt_1",
        envelope: { payloadType: "t", payload: "", signatures: [] },
      },
    ]);
  });

  it("is held while the host is late, and sent when it is up again on its old socket", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(12_000);
    shard.send({ kind: "grant-issued", grant: grantWith() });
    expect(shard.sent("grant")).toEqual([]);
    shard.resumePings();
    shard.advance(10_000);
    expect(shard.sent("grant")).toHaveLength(1);
  });

  it("is held without a socket, and sent at each hello until an outcome names it", () => {
    const shard = driveUpHost();
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    shard.send({ kind: "grant-issued", grant: grantWith() });
    expect(shard.sent("grant")).toEqual([]);
    shard.connect();
    shard.connect(WEB_1, { connectionId: "con_2" });
    expect(shard.sent("grant")).toHaveLength(2);
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
    shard.connect(WEB_1, { connectionId: "con_3" });
    expect(shard.sent("grant")).toHaveLength(2);
    expect(shard.state().grants).toEqual({});
  });

  it.each([
    { atMs: 119_999, sent: 1 },
    { atMs: 120_000, sent: 0 },
  ])("that expires at 120000 ms is delivered at $atMs ms: $sent", ({ atMs, sent }) => {
    const shard = driveUpHost();
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    shard.send({ kind: "grant-issued", grant: grantWith() });
    shard.skip(atMs);
    shard.connect(WEB_1, { connectionId: "con_2" });
    expect(shard.sent("grant")).toHaveLength(sent);
  });

  it("that expired is dropped with a note, and asked for anew while the service fails", () => {
    const shard = driveFailingService();
    shard.send({ kind: "grant-issued", grant: grantWith() });
    expect(shard.service().proposal).toBeNull();
    shard.advance(120_000);
    expect(shard.state().grants).toEqual({});
    expect(shard.notes().at(-1)).toBe("grant grt_1 expired before an outcome named it");
    expect(shard.sent("propose")).toHaveLength(2);
    shard.advance(60_000);
    expect(shard.signals("firing")).toHaveLength(2);
  });

  it("that expired is dropped by the report that notices it, and asks for one new proposal only", () => {
    const shard = driveFailingService();
    shard.send({ kind: "grant-issued", grant: grantWith() });
    shard.skip(120_000);
    for (let count = 0; count < 3; count += 1) shard.report({ status: "fail" });
    expect(shard.state().grants).toEqual({});
    expect(shard.signals("firing")).toHaveLength(2);
  });

  it("that is expired on arrival, comes twice, or is for an unknown host is not sent", () => {
    const shard = driveUpHost();
    shard.send({ kind: "grant-issued", grant: grantWith({ grantId: "grt_0", expiresAt: START_AT }) });
    shard.send({ kind: "grant-issued", grant: grantWith({ hostId: WEB_2 }) });
    shard.send({ kind: "grant-issued", grant: grantWith() });
    shard.send({ kind: "grant-issued", grant: grantWith() });
    expect(shard.sent("grant").map(({ grantId }) => grantId)).toEqual(["grt_1"]);
  });

  it("that comes again after its outcome is not taken up again", () => {
    const shard = driveUpHost();
    shard.send({ kind: "grant-issued", grant: grantWith() });
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
    shard.send({ kind: "grant-issued", grant: grantWith() });
    expect(shard.sent("grant")).toHaveLength(1);
    expect(shard.state().grants).toEqual({});
  });
});

describe("an outcome", () => {
  it("is signalled, then acknowledged", () => {
    const shard = driveUpHost();
    shard.report();
    const effects = shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith({ sequence: 7 }) });
    expect(effects).toMatchObject([
      { kind: "signal", signal: { kind: "outcome", subject: { service: "web" }, outcome: { sequence: 7 } } },
      { kind: "send", message: { type: "outcome-acknowledged", sequence: 7 } },
    ]);
  });

  it("that comes again is only acknowledged again", () => {
    const shard = driveUpHost();
    shard.report();
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
    const before = shard.state();
    shard.advance(1);
    const effects = shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
    expect(effects.map(({ kind }) => kind)).toEqual(["send"]);
    expect(shard.service().verification).toEqual(
      namedAt(before.hosts.get(WEB_1)?.services, "web")?.verification,
    );
  });

  it("of an actuator that counts from one again is a new one", () => {
    const shard = driveUpHost();
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
    for (const grantId of ["grt_2", null]) {
      shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith({ grantId }) });
      const later = outcomeWith({ grantId, startedAt: START_AT + 9 });
      shard.send({ kind: "outcome", hostId: WEB_1, outcome: later });
    }
    expect(shard.signals("outcome")).toHaveLength(5);
  });

  it.each(["before", "after"])("nonce-used, %s the real one, is the echo of our own resend", (order) => {
    const shard = driveUpHost();
    shard.report();
    shard.send({ kind: "grant-issued", grant: grantWith() });
    const echo = outcomeWith({ sequence: 2, status: "refused", refusal: "nonce-used" });
    const outcomes = order === "before" ? [echo, outcomeWith()] : [outcomeWith(), echo];
    for (const outcome of outcomes) shard.send({ kind: "outcome", hostId: WEB_1, outcome });
    expect(shard.signals("outcome").map(({ outcome }) => outcome.status)).toEqual(["succeeded"]);
    expect(shard.sent("outcome-acknowledged")).toHaveLength(2);
    expect(shard.service().verification).not.toBeNull();
  });

  it("nonce-used of a grant that was never ours is signalled", () => {
    const shard = driveUpHost();
    const replayed = outcomeWith({ grantId: "grt_forged", status: "refused", refusal: "nonce-used" });
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: replayed });
    expect(shard.signals("outcome")).toHaveLength(1);
  });

  it("of a forged grant leaves the open proposal alone", () => {
    const shard = driveFailingService();
    const requestId = shard.service().proposal?.requestId;
    const forged = outcomeWith({ grantId: "grt_forged", status: "refused", refusal: "signature-wrong" });
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: forged });
    expect(shard.service().proposal?.requestId).toBe(requestId);
  });

  it("is remembered among a bounded number", () => {
    const shard = driveUpHost();
    for (let sequence = 1; sequence <= OUTCOMES_SEEN_MAX + 1; sequence += 1)
      shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith({ sequence }) });
    expect(shard.host().outcomesSeen).toHaveLength(OUTCOMES_SEEN_MAX);
    expect(shard.host().outcomesSeen[0]?.sequence).toBe(2);
  });
});
