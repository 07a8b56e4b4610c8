// What the failing hosts of a wide incident share, counted with the whole, and what does not explain it.
import { expect, it } from "vitest";
import { hostedSubject } from "../../../../control-plane/src/core/words/subject.ts";
import { sharesOf } from "../../../../control-plane/src/web/incidents/incident-shares.ts";
import { findingOf } from "../../../gallery/records/incident-night.ts";

const on = (hostId: string, text: string) =>
  findingOf({
    findingId: hostId,
    subject: hostedSubject({ hostId, hostName: hostId }, "app"),
    evidence: [{ at: 1, text }],
  });
const host = (hostId: string, tags: readonly string[], agentVersion: string | null = "0.3.0") => ({
  hostId,
  name: hostId,
  tags,
  agentVersion,
  isWell: true,
});

it("names the check, the words without the host's own name, and a tag that only they have", () => {
  const findings = ["h1", "h2", "h3", "h4"].map((id) => on(id, `500 from ${id}`));
  const traits = [
    ...["h1", "h2", "h3", "h4"].map((id, index) => host(id, ["new", index % 2 === 0 ? "fra" : "nyc"])),
    ...["w1", "w2", "w3", "w4"].map((id, index) => host(id, ["old", index % 2 === 0 ? "fra" : "nyc"])),
  ];
  const { notExplaining, shared } = sharesOf(findings, traits);
  expect(shared).toEqual([
    { kind: "check", text: "https", failing: { count: 4, of: 4 }, well: null },
    { kind: "words", text: "500 from …", failing: { count: 4, of: 4 }, well: null },
    { kind: "tag", text: "new", failing: { count: 4, of: 4 }, well: { count: 0, of: 4 } },
  ]);
  expect(notExplaining.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    "version 0.3.0",
    "tag fra",
    "tag nyc",
  ]);
});

it("says nothing of words that only one says, of what is well again, or of hosts of which nothing is known", () => {
  const findings = [on("h1", "a"), on("h2", "b"), { ...on("h3", "a"), clearedAt: 1 }];
  expect(sharesOf(findings, null)).toEqual({
    shared: [{ kind: "check", text: "https", failing: { count: 2, of: 2 }, well: null }],
    notExplaining: [],
  });
  expect(sharesOf([], [])).toEqual({ shared: [], notExplaining: [] });
});

it("compares with hosts that are well, and with none that fails beyond the findings that are shown", () => {
  const findings = ["h1", "h2"].map((id) => on(id, "500"));
  const traits = [
    ...["h1", "h2", "h3"].map((id) => host(id, ["new"])),
    ...["w1", "w2"].map((id) => host(id, ["old"])),
    { ...host("d1", ["new"]), isWell: false },
  ];
  const affected = ["h1", "h2", "h3"].map((hostId) => ({ hostId, name: hostId, isFailing: true }));
  expect(sharesOf(findings, traits, affected).shared).toContainEqual({
    kind: "tag",
    text: "new",
    failing: { count: 3, of: 3 },
    well: { count: 0, of: 2 },
  });
});
