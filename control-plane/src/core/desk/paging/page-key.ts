// By which key a page is known, the same on every attempt and channel. Pure.
import type { Page, PageKind } from "../records/page.ts";
import type { TestPage } from "../records/test-page.ts";

/** `INCIDENT:KIND:NUMBER:RESPONDER` */
export function pageKeyOf(
  page: Pick<Page, "incidentId" | "responder"> & { readonly kind: PageKind; readonly number: number },
): string {
  return [page.incidentId, page.kind, page.number, page.responder].join(":");
}

/** … of the one page of a test. */
export function testPageKey({ responder, testId }: Pick<TestPage, "responder" | "testId">): string {
  return pageKeyOf({ incidentId: testId, kind: "test", number: 0, responder });
}
