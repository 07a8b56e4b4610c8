// The first passkey of `npm start`: how long it is waited for, what is said while there is none, and a host that comes to believe it later.
import { describe, expect, it, vi } from "vitest";
import type { TrustNow } from "../../../../control-plane/embedded/admin.ts";
import {
  acceptLater,
  closedText,
  waitForPasskey,
} from "../../../../control-plane/embedded/starting/first-passkey.ts";
import { PATIENT } from "../../../patience.ts";

const NONE: TrustNow = { passkeysAt: "http://localhost:8787/passkey", words: null };
const MADE: TrustNow = { ...NONE, words: "eight words" };

/** A desk that says one thing after the other; the last one for ever. */
function deskThat(...looks: readonly TrustNow[]) {
  let look = 0;
  return { trust: async () => looks[Math.min(look++, looks.length - 1)] ?? NONE };
}

describe("waiting for the first passkey", () => {
  it("ends at once when there is one, or when there can be none", async () => {
    expect(await waitForPasskey(deskThat(MADE))).toBe(MADE);
    const nowhere = { passkeysAt: null, words: null };
    expect(await waitForPasskey(deskThat(nowhere))).toBe(nowhere);
  });

  it("ends when it is made, and without it when the time is over", async () => {
    vi.useFakeTimers();
    try {
      const made = waitForPasskey(deskThat(NONE, NONE, MADE));
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await made).toBe(MADE);
      let isOver = false;
      const waiting = waitForPasskey(deskThat(NONE)).then((trust) => ((isOver = true), trust));
      await vi.advanceTimersByTimeAsync(59_999);
      expect(isOver).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(await waiting).toBe(NONE);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("what stays closed", () => {
  it("is said, with the way out, only while nobody has a passkey", () => {
    expect(closedText(MADE)).toEqual([]);
    expect(closedText(NONE).join()).toContain("http://localhost:8787/passkey");
    const byAddress = closedText({ passkeysAt: null, words: null });
    expect([byAddress.length, byAddress.join().includes("--public-url")]).toEqual([1, true]);
  });
});

describe("a host that was enrolled without an approver", () => {
  it("accepts the trust once it is offered there, and that is said once", async () => {
    const [said, asked]: [string[], string[]] = [[], []];
    const acceptTrust = async (words: string) => {
      asked.push(words);
      if (asked.length < 3) throw new Error("Nothing is offered");
    };
    acceptLater({
      admin: deskThat(NONE, MADE),
      demoHost: { acceptTrust },
      say: (text) => said.push(text),
      lookEveryMs: 1,
    });
    await vi.waitFor(() => expect(said).toHaveLength(1), PATIENT);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([asked, said]).toEqual([
      ["eight words", "eight words", "eight words"],
      [expect.stringContaining("eight words")],
    ]);
  });

  it("is left alone once it is called off, and given up when it goes on refusing", async () => {
    const said: string[] = [];
    let asked = 0;
    const acceptTrust = async () => {
      asked += 1;
      throw new Error("Nothing is offered");
    };
    const parts = { demoHost: { acceptTrust }, say: (text: string) => void said.push(text), lookEveryMs: 1 };
    acceptLater({ ...parts, admin: deskThat(NONE) })();
    acceptLater({ ...parts, admin: deskThat(MADE) });
    await vi.waitFor(() => expect(said).toHaveLength(1), PATIENT);
    expect([asked, said[0]]).toEqual([5, expect.stringContaining("Nothing is offered")]);
  });
});
