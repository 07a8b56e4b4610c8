// Rule host-silent: how the second opinion words the page, and that it never suppresses it.
import { describe, expect, it } from "vitest";
import { isFiring } from "../../../../../control-plane/src/core/facts/fact-book.ts";
import { silenceWordingOf } from "../../../../../control-plane/src/core/shard/silence/host-silent.ts";
import { type DrivenShard, driveShard, driveUpHost, grantWith, policyWith, WEB_1 } from "../shard-driver.ts";

function questions(shard: DrivenShard) {
  return shard.effects.filter(({ kind }) => kind === "ask-second-opinion");
}

describe("the second opinion", () => {
  it.each([
    { opinion: "answers", words: "agent dead and host up" },
    { opinion: "refused", words: "agent dead and host up" },
    { opinion: "no-answer", words: "host dead" },
    { opinion: "not-asked", words: "path broken or no second opinion" },
  ] as const)("$opinion is worded: $words", ({ opinion, words }) => {
    expect(silenceWordingOf({ secondOpinion: opinion, unheard: null })).toBe(words);
  });

  it("is asked once, on becoming late, where the last connection came from", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    shard.advance(120_000);
    expect(questions(shard)).toEqual([
      { kind: "ask-second-opinion", hostId: WEB_1, address: "192.0.2.10", port: 22 },
    ]);
  });

  it.each([{ address: null }, { probePort: null }])("is not asked without %o", (missing) => {
    const shard = driveShard();
    shard.enrol();
    shard.connect(WEB_1, missing);
    shard.fallSilent();
    shard.advance(120_000);
    expect(questions(shard)).toEqual([]);
    expect(shard.signals("firing")).toHaveLength(1);
  });

  it("words the page when it came in time, and never suppresses it", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(13_000);
    shard.send({ kind: "second-opinion", hostId: WEB_1, opinion: "answers" });
    shard.advance(60_000);
    expect(shard.signals("firing").map(({ title }) => title)).toEqual([
      "web-1 is silent: agent dead and host up",
    ]);
  });

  it("that comes late sends the page again, only if its words change", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(60_000);
    for (const opinion of ["not-asked", "answers", "refused", "no-answer"] as const)
      shard.send({ kind: "second-opinion", hostId: WEB_1, opinion });
    expect(shard.signals("firing").map(({ title }) => title)).toEqual([
      "web-1 is silent: path broken or no second opinion",
      "web-1 is silent: agent dead and host up",
      "web-1 is silent: host dead",
    ]);
  });

  it("about a host that is back says nothing, and is forgotten before the next silence", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(13_000);
    shard.send({ kind: "second-opinion", hostId: WEB_1, opinion: "no-answer" });
    shard.connect();
    shard.send({ kind: "second-opinion", hostId: WEB_1, opinion: "no-answer" });
    expect(shard.host().secondOpinion).toBe("not-asked");
    shard.fallSilent();
    shard.advance(60_000);
    expect(shard.signals("firing").at(-1)?.title).toBe("web-1 is silent: path broken or no second opinion");
  });
});

it("the page proves the silence line by line", () => {
  const shard = driveUpHost();
  shard.send({ kind: "leaving", hostId: WEB_1, reason: "reboot", returnWithinMs: 90_000 });
  shard.fallSilent();
  shard.advance(90_000);
  expect(shard.signals("firing")[0]?.evidence.map(({ text }) => text)).toEqual([
    "last sign of life",
    "had announced to be back by then",
    "second opinion: no word yet about TCP port 22 of 192.0.2.10",
  ]);
});

describe("turned off in the policy", () => {
  const OFF = policyWith({ rules: { "host-silent": { enabled: false } } });

  it("pages nobody, and still says what state the host is in, on the way down and back", () => {
    const shard = driveUpHost(OFF);
    shard.fallSilent();
    shard.advance(120_000);
    expect([shard.host().liveness, isFiring(shard.host().book, "host-silent")]).toEqual(["down", false]);
    shard.connect();
    expect(shard.host().liveness).toBe("up");
    expect(shard.signals("firing")).toEqual([]);
    expect(shard.signals("cleared")).toEqual([]);
    expect(shard.notes().map((note) => note.split(":")[0])).toEqual([
      "unknown → up",
      "up → late",
      "late → down",
      "down → up",
    ]);
  });

  it("holds grants back all the same, and its services are not blamed for missing data", () => {
    const shard = driveUpHost(OFF);
    shard.report({}, true);
    shard.fallSilent();
    shard.advance(120_000);
    const grant = grantWith({ expiresAt: shard.now() + 60_000 });
    shard.send({ kind: "grant-issued", grant });
    expect(shard.sent("grant")).toEqual([]);
    expect(shard.signals("firing")).toEqual([]);
  });

  it("does not turn off a host that did not return in time, whose reason is another", () => {
    const shard = driveUpHost(OFF);
    const left = { kind: "leaving", hostId: WEB_1, reason: "reboot", returnWithinMs: 60_000 } as const;
    shard.send(left);
    shard.fallSilent();
    shard.advance(180_000);
    expect(shard.signals("firing").map(({ reason }) => reason)).toEqual(["host-late-return"]);
  });

  it("while it fires ends the incident, not the silence; turned on again it fires at once", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(120_000);
    shard.applyPolicy(OFF);
    shard.sweep();
    expect(shard.signals("cleared").map(({ evidence }) => evidence[0]?.text)).toEqual([
      "the rule was turned off in the policy; the host is still silent",
    ]);
    expect(shard.host().liveness).toBe("down");
    shard.sweep();
    expect(shard.signals("cleared")).toHaveLength(1);
    shard.applyPolicy(policyWith());
    shard.sweep();
    shard.sweep();
    expect(shard.signals("firing")).toHaveLength(2);
  });
});
