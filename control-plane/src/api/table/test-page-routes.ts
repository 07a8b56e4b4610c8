// The part of the table about test pages: a real page through the real path, to see whether it reaches its person.
import * as z from "zod";
import { ItemName } from "@countersign/shared/values/ids";
import { TestPageShape } from "../../stored/paging-shapes.ts";
import { Text } from "../../stored/read-stored.ts";
import { Person } from "./asked-by.ts";
import { routesOf } from "./route.ts";

export const TEST_PAGE_ROUTES = routesOf({
  "POST /v1/admin/test-pages": {
    right: "admin-token",
    says: "Sends a page that says that nothing is wrong, by the path of all pages, to one person.",
    body: z.strictObject({
      responder: ItemName,
      channel: ItemName.optional().describe(
        "by this channel of theirs alone; absent: by all of them, in their order",
      ),
      by: Person.optional(),
    }),
    answers: { 202: z.object({ testId: Text }) },
    problems: ["responder-unknown", "channel-unknown", "test-page-too-often"],
  },
  "GET /v1/admin/test-pages/:id": {
    right: "admin-token",
    says: "Says what became of a test page: which channel took it, and whether its person said that it came. It is kept for an hour, a drill for a day.",
    params: { id: z.string().min(1).max(100) },
    answers: { 200: TestPageShape },
    problems: ["not-found"],
  },
});
