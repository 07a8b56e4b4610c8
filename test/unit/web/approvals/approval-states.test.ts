// What holds for an approval's view in every state that the gallery shows: one filled button at most, yes after no, good
// news in its colour alone, nothing that moves has a field, no placeholder stands in a command.
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import { markupOf } from "../../../../control-plane/src/web/frame/markup.ts";
import { states as overStates } from "../../../gallery/approvals-over.tsx";
import { states } from "../../../gallery/approvals.tsx";
import { states as askStates } from "../../../gallery/asks.tsx";
import { OMARS, state } from "../../../gallery/records/approval-night.tsx";

const all = [...states, ...overStates, ...askStates];
/** A phone on a bad connection waits for it. */
const VIEW_BYTES_MAX = 14 * 1_024;
const FIELD = /<(?:textarea|select)\b|<input(?![^>]*\btype="hidden")/;

describe.each(all.map(({ name, view }) => ({ name, view })))("$name", ({ name, view }) => {
  let markup = "";
  let body = "";
  beforeAll(async () => {
    markup = await markupOf(view);
    body = markup.slice(markup.indexOf("<body"));
  });

  it("has one filled button at most, and none where a yes would not run", () => {
    const filled = [...body.matchAll(/class="btn(?: yes| full)*"/g)].length;
    expect(filled).toBeLessThanOrEqual(1);
    if (/^approval-(?:cannot-run|failed)/.test(name)) expect(filled).toBe(0);
  });

  it("offers the yes last, if at all, and only while it waits", () => {
    const [deny, approve] = [body.indexOf('/deny"'), body.indexOf('/approve"')];
    const isWaiting = name.startsWith("approval-waiting") || name.startsWith("approval-cannot-run");
    expect(approve !== -1).toBe(isWaiting);
    if (isWaiting) expect(body.lastIndexOf('/deny"')).toBeLessThan(approve);
    if (isWaiting) expect(deny).not.toBe(-1);
  });

  it("has the colour of good news for what is known to be good alone", () => {
    const isGood = name.startsWith("approval-verified") && name !== "approval-verified-fails-again";
    expect(/class="st good"|class="card ok"/.test(body)).toBe(isGood);
  });

  it("has no field where it is fetched anew, and is not fetched anew when it is over", () => {
    const isMoving = body.includes("data-moves=");
    if (isMoving) expect(body).not.toMatch(FIELD);
    expect(isMoving).toBe(/^(?:approval-(?:waiting|cannot-run|running|recalled)|ask-waiting)/.test(name));
  });

  it("is small: what is sent before the script, compressed", () => {
    expect(gzipSync(markup).length).toBeLessThanOrEqual(VIEW_BYTES_MAX);
  });

  it("says nothing that only we understand", () => {
    const words = body.replaceAll(/<details>.*?<\/details>/gs, "").replaceAll(/<[^>]*>/g, " ");
    expect(words).not.toMatch(
      /\b(?:UNIT|HOST|grant|superseded|stability|nonce|undefined|null|NaN|MainPID)\b/,
    );
  });
});

describe("an older approval that cannot be shown", () => {
  it.each([{ ranAt: 1e300 }, { decidedBy: { kind: "odd" } }, { state: "odd" }])(
    "costs what was done before, and no answer: %j",
    async (broken) => {
      const earlier = [{ ...OMARS, ...broken } as unknown as Approval];
      const { view } = state("with-a-broken-one", { earlier });
      const markup = await markupOf(view);
      expect(markup).toContain("Approve restart");
      expect(markup).toContain("nginx.service");
    },
  );
});

it("the reader's place holds within a card by itself", async () => {
  const { view } = state("waiting", {});
  expect(await markupOf(view)).not.toMatch(/title="[^"]* UTC"/);
});
