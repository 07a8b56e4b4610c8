// The grammar of a series, as a catalogue asks for it: what is taken, and in which words and at which place all else is
// refused.
import { describe, expect, test } from "vitest";
import { EvidenceSpec } from "@countersign/shared/host/evidence-spec";
import { readMatcher } from "@countersign/shared/host/series-text";

test.each([
  ["jobs_total", {}],
  ["a:b:rate5m", {}],
  ["jobs_total{}", {}],
  [' jobs_total { queue = "mail" , host="a b", } ', { queue: "mail", host: "a b" }],
  ['jobs_total{path="/a,b{c}=\\"d\\"\\\\\\n"}', { path: '/a,b{c}="d"\\\n' }],
  ['jobs_total{queue=""}', { queue: "" }],
  ['jobs_total{constructor="x"}', { constructor: "x" }],
])("%s is taken", (text, labels) => {
  const read = readMatcher(text);
  expect(read.ok && Object.fromEntries(read.value.labels)).toEqual(labels);
});

describe("what is not understood is refused, and never passed over:", () => {
  test.each([
    ['jobs_total{queue=~"mail.*"}', 16, "not =~"],
    ['jobs_total{queue!="mail"}', 16, "not !="],
    ['jobs_total{queue!~"mail"}', 16, "not !~"],
    ['jobs_total{a="1",queue=~"m"}', 22, "not =~"],
    ["jobs_total{queue=mail}", 17, "double quotes"],
    ["jobs_total{queue='mail'}", 17, "double quotes"],
    ["jobs_total{queue=`mail`}", 17, "double quotes"],
    ['jobs_total{queue "mail"}', 17, "only ="],
    ['jobs_total{queue=="mail"}', 17, "double quotes"],
    ['jobs_total{queue="mail"', 23, "expected , or }"],
    ['jobs_total{queue="mail}', 17, "no end"],
    ['jobs_total{queue="mail" host="a"}', 24, "expected , or }"],
    ['jobs_total{queue="a",queue="b"}', 21, "twice"],
    ['jobs_total{queue="\\d"}', 18, "backslash"],
    ['jobs_total{1queue="a"}', 11, "expected a label"],
    ["jobs_total{,}", 11, "expected a label"],
    ["jobs_total[5m]", 10, "no function, range"],
    ["rate(jobs_total[5m])", 4, "no function"],
    ["jobs_total > 5", 11, "no function"],
    ['jobs_total{queue="a"} or x', 22, "no function"],
    ['{"my.metric"}', 0, "quotes"],
    ['{__name__="jobs_total"}', 23, "no name"],
    ['jobs_total{__name__="x"}', 0, "before the braces"],
    ["{}", 2, "no name"],
    ["my.metric", 2, "no function"],
    ["1jobs", 0, "no name"],
    ["", 0, "no name"],
  ])("%s, at %i: %s", (text, at, words) => {
    const read = readMatcher(text);
    expect(read.ok ? null : read.error).toMatchObject({ at });
    expect(read.ok ? "" : read.error.text).toContain(words);
  });

  test("a catalogue says it of its metric", () => {
    const counters = [{ name: "mails", file: "/x", metric: 'jobs_total{queue=~"mail.*"}' }];
    const parsed = EvidenceSpec.safeParse({ counters });
    const [issue] = parsed.success ? [] : parsed.error.issues;
    expect(issue?.path).toEqual(["counters", 0, "metric"]);
    expect(issue?.message).toMatch(/at character 17, only = may stand after the label queue, not =~/);
  });
});
