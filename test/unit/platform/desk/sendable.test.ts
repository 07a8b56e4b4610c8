// What is sent of a page is the page's own, whatever comes with the thread that it hangs in.
import { expect, it } from "vitest";
import type { Page } from "../../../../control-plane/src/core/desk/records/pages/page.ts";
import { sendableOf } from "../../../../control-plane/src/platform/desk/send-page.ts";

const page = { key: "inc_1:ring:1:alice", kind: "ring", incidentId: "inc_1" } as Page;

it("an effect's kind is not the page's", () => {
  const effect = { kind: "send-page", earlier: "t1", latest: { handle: "h1", isOpen: true } } as const;
  expect(sendableOf(page, effect)).toEqual({
    ...page,
    earlier: "t1",
    latest: { handle: "h1", isOpen: true },
  });
});

it("a test page is of no incident, and neither is one that brings several", () => {
  expect(sendableOf({ ...page, kind: "test" }, { earlier: null }).incidentId).toBeNull();
  expect(sendableOf({ ...page, covers: ["k"] }, { earlier: null }).incidentId).toBeNull();
});
