// `Retry-After` in both of its forms, and what is no such thing.
import { expect, it } from "vitest";
import { parseRetryAfter } from "@countersign/shared/values/retry-after";

const DATE = "Fri, 31 Dec 1999 23:59:00 GMT";

it.each([
  ["120", null, 120_000],
  ["0", null, 0],
  ["1.337", null, 1_337],
  [" 5 ", DATE, 5_000],
  ["Fri, 31 Dec 1999 23:59:59 GMT", DATE, 59_000],
  ["Fri, 31 Dec 1999 23:58:00 GMT", DATE, 0],
  ["Fri, 31 Dec 1999 23:59:59 GMT", null, null],
  ["soon", DATE, null],
  ["-5", null, null],
  ["", null, null],
  [null, DATE, null],
])("reads %j beside the date %j as %j", (header, date, read) => {
  expect(parseRetryAfter(header, date)).toBe(read);
});
