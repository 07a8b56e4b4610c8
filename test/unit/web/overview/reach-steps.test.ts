// How far a person has come who wants to be woken: only what was seen to work is done.
import { describe, expect, it } from "vitest";
import { onCallPeople, stepsOf } from "../../../../control-plane/src/web/overview/reach-steps.ts";
import { NOBODY, REACHED, UNPROVEN, WANTING } from "../../../gallery/records/overview-night.ts";

const DEVICES = new Map([
  ["alice", 1],
  ["omar", 1],
]);
const ALICE = { responder: "alice", devices: DEVICES };

describe("the steps", () => {
  it("are done where a channel carried a page and its person opened a test page", () => {
    expect(stepsOf(REACHED, ALICE)).toMatchObject({
      channels: { names: ["ntfy", "pushover"], isProven: true },
      seenTest: { seenAt: REACHED.lastTest?.seenAt },
      others: [
        { name: "Omar", wants: null },
        { name: "Dana", wants: "no-device" },
      ],
    });
  });

  it("count no terminal as a way to a phone", () => {
    expect(stepsOf(NOBODY, ALICE).channels).toEqual({ names: [], isProven: false });
  });

  it("count a channel that was never tried as one that is there, and not as one that works", () => {
    expect(stepsOf(UNPROVEN, ALICE).channels).toEqual({ names: ["ntfy"], isProven: false });
  });

  it("tick no way that was never tried or is broken, and name who cannot wake or answer", () => {
    expect(stepsOf(WANTING, ALICE).ways).toEqual({ proven: ["ntfy"], unproven: ["pushover"], broken: [] });
    const wants = onCallPeople(WANTING, DEVICES).map(({ name, wants: what }) => [name, what]);
    expect(wants).toEqual([
      ["Alice", null],
      ["Omar", null],
      ["Dana", "broken"],
    ]);
    expect(onCallPeople(UNPROVEN, DEVICES)[0]?.wants).toBe("unproven");
    expect(onCallPeople(NOBODY, DEVICES)[0]?.wants).toBe("no-way");
  });

  it("count neither a broken channel, nor a test page that was not opened, nor another person's", () => {
    const [first, ...rest] = REACHED.channels;
    const broken = { ...REACHED, channels: [{ ...first!, state: "broken" as const }, ...rest.slice(1)] };
    expect(stepsOf(broken, ALICE).channels.names).toEqual([]);
    const unseen = { ...REACHED, lastTest: { ...REACHED.lastTest!, seenAt: null } };
    expect(stepsOf(unseen, ALICE).seenTest).toBeNull();
    expect(stepsOf(REACHED, { ...ALICE, responder: "omar" }).seenTest).toBeNull();
  });
});
