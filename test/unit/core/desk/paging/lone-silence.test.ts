// The first ring about a host that fell silent waits for its like only while another host is late, and loses no like by
// that.
import { describe, expect, it } from "vitest";
import { LIKE_WAIT_MS } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import { fleetSubjectOf } from "../../../../../control-plane/src/core/words/subject.ts";
import { Desk } from "../desk-fixtures.ts";
import { hostAt, serviceAt } from "../fleet.ts";

class Watched extends Desk {
  /** A shard tells how many of its ten hosts are late. */
  counts(late: number, shard = "shard-0"): this {
    const subject = fleetSubjectOf({ shard });
    const census = { ...this.signalBase(), kind: "census", subject, connected: 10, late } as const;
    this.take({ kind: "signal", signal: census });
    return this;
  }

  falls(index: number, reason: "host-silent" | "host-late-return" = "host-silent"): this {
    this.fire({ reason, subject: hostAt(index), severity: "critical", title: `web-${index} is silent` });
    return this;
  }

  /** What is sent within so long. */
  sentWithin(durationMs: number): readonly string[] {
    this.tickAfter(durationMs);
    return this.sent();
  }
}

describe("the first ring about a silent host", () => {
  it.each(["host-silent", "host-late-return"] as const)(
    "waits for nobody where nobody is late: %s",
    (reason) => {
      expect(new Watched().counts(0).counts(0, "shard-1").falls(1, reason).sentWithin(1)).toHaveLength(1);
    },
  );

  it("waits three seconds while another host is late, of whatever shard", () => {
    const desk = new Watched().counts(0).counts(1, "shard-1").falls(1);
    expect(desk.sentWithin(LIKE_WAIT_MS - 1)).toEqual([]);
    expect(desk.sentWithin(1)).toHaveLength(1);
  });

  it("goes out at once when the other is back", () => {
    const desk = new Watched().counts(1).falls(1);
    expect(desk.sentWithin(1_000)).toEqual([]);
    expect(desk.counts(0).sentWithin(1)).toHaveLength(1);
  });

  it("waits where no shard has told who is late", () => {
    expect(new Watched().falls(1).sentWithin(LIKE_WAIT_MS - 1)).toEqual([]);
  });

  it("is one for three that fall one after the other", () => {
    const desk = new Watched().counts(3);
    for (const index of [1, 2, 3]) {
      desk.counts(3 - index).falls(index);
      if (index < 3) expect(desk.sentWithin(500)).toEqual([]);
    }
    expect(desk.sentWithin(LIKE_WAIT_MS)).toHaveLength(1);
  });

  it("is no matter of other troubles: a failing check waits as ever", () => {
    const desk = new Watched().counts(0);
    desk.fire({ reason: "check-failing", subject: serviceAt(1), title: "demo fails" });
    expect(desk.sentWithin(LIKE_WAIT_MS - 1)).toEqual([]);
  });
});
