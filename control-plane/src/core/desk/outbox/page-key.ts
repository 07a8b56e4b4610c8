// By which key a page is known, the same on every attempt and channel. Pure.
import { type Page, PAGE_KINDS, type PageKind } from "../records/pages/page.ts";
import type { TestPage } from "../records/pages/test-page.ts";

/** `INCIDENT:KIND:NUMBER:RESPONDER` */
export function pageKeyOf(
  page: Pick<Page, "incidentId" | "responder"> & { readonly kind: PageKind; readonly number: number },
): string {
  return [page.incidentId, page.kind, page.number, page.responder].join(":");
}

/** The kind of the page that has the key; undefined: it is no page's. */
export function kindIn(key: string): PageKind | undefined {
  const kind = key.split(":")[1];
  return PAGE_KINDS.find((one) => one === kind);
}

/** … of the one page of a test. */
export function testPageKey({ responder, testId }: Pick<TestPage, "responder" | "testId">): string {
  return pageKeyOf({ incidentId: testId, kind: "test", number: 0, responder });
}
