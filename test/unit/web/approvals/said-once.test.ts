// What an approval's view says about the people and about itself, read as words: who was paged and is next, what each answer
// does, how many restarts count, what to do where nothing can run. Each is said once, and nothing against another.
import { describe, expect, it } from "vitest";
import { markupOf } from "../../../../control-plane/src/web/frame/markup.ts";
import { states as overStates } from "../../../gallery/approvals-over.tsx";
import { states as signedStates } from "../../../gallery/approvals-signed.tsx";
import { states } from "../../../gallery/approvals.tsx";

const ALL = new Map([...states, ...signedStates, ...overStates].map(({ name, view }) => [name, view]));

async function markupFor(name: string): Promise<string> {
  const markup = await markupOf(ALL.get(`approval-${name}`));
  return markup.slice(markup.indexOf("<main"));
}

async function wordsOf(name: string): Promise<string> {
  const markup = await markupFor(name);
  const words = markup.replaceAll(/<details>.*?<\/details>/gs, " ").replaceAll(/<[^>]*>/g, " ");
  return words.replaceAll(/\s+/g, " ").replaceAll(/ ([.,;:])/g, "$1");
}

describe("who was paged, and who is next", () => {
  it.each([
    ["waiting", "Paged: you 27 s ago; next Omar in 4 min."],
    ["waiting-taken", "Omar has it; nobody is next before 04:11:50."],
    ["failed", "You have it until 04:11:32: nobody is paged before, unless it grows worse."],
    [
      "failed-just-now",
      "Paged next: you, in 2 s, for it did not help: that is told whoever has the incident.",
    ],
    ["failed-by-sudo", "Paged next: Omar, in 60 min, unless it is well or taken before."],
    ["denied", "Paged next: Omar, in 60 min, unless it is well or taken before."],
  ])("%s: %s", async (name, words) => {
    expect(await wordsOf(name)).toContain(words);
    expect((await markupFor(name)).split('data-says="paged"')).toHaveLength(2);
  });

  it("stands below the title, above the command", async () => {
    const markup = await markupFor("waiting");
    expect(markup.indexOf('data-says="paged"')).toBeLessThan(markup.indexOf('class="argv"'));
  });
});

describe("what each answer does", () => {
  it("is said on its button and below the command, and a plain no needs no reason", async () => {
    const words = await wordsOf("waiting");
    for (const said of [
      "Deny ends it; pages wait 60 min",
      "I take it stays open; no pages for 60 min",
      "question ends in 29 min",
      "this question stays open. Nobody is paged for an hour, unless it grows worse.",
      "Pages wait for an hour, then they go on. A plain Deny needs no reason. Deny with a reason",
    ])
      expect(words).toContain(said);
  });

  it("is said on the yes by the script that can sign, and without it that it cannot", async () => {
    expect(await wordsOf("waiting")).toContain("Approve restart signing needs script, and none runs here");
    expect(await markupFor("waiting")).toContain('data-ready="runs once, within 2 minutes of your yes"');
    expect(await wordsOf("sign-nobody")).toContain("Approve restart runs once, within 2 minutes of your yes");
  });

  it("describes each button", async () => {
    const markup = await markupFor("waiting");
    for (const [, id] of markup.matchAll(/aria-describedby="(\w+)"/g)) expect(markup).toContain(`id="${id}"`);
  });

  it("of a no to what somebody has says nothing of pages", async () => {
    expect(await wordsOf("waiting-taken")).toContain("Deny ends the question");
  });
});

describe("restarts that count", () => {
  it.each([
    ["waiting", "3 of 6 restarts allowed within an hour are used, whoever did them."],
    [
      "running",
      "3 of 6 restarts allowed within an hour are used, whoever did them; this one counts once it has run.",
    ],
    [
      "running-coming-back",
      "4 of 6 restarts allowed within an hour are used, whoever did them, this one too.",
    ],
    ["failed", "4 of 6 restarts allowed within an hour are used, whoever did them, this one too."],
    ["failed-refused", "3 of 6 restarts allowed within an hour are used, whoever did them."],
    ["verified", "3 of 6 restarts allowed within an hour are used, whoever did them, this one too."],
    ["cannot-run-budget", "6 of 6 restarts allowed within an hour are used"],
    ["cannot-run-shard-silent", "3 of 6 restarts allowed within an hour are used"],
  ])("%s: %s", async (name, words) => expect(await wordsOf(name)).toContain(words));
});

describe("a question that cannot run now", () => {
  const names = [...ALL.keys()].filter((name) => name.startsWith("approval-cannot-run-"));
  it.each(names)("%s waits for nobody's yes, and says what to do instead", async (name) => {
    const words = await wordsOf(name.replace("approval-", ""));
    expect(words).not.toContain("Waiting for you");
    expect(words).toContain("Cannot run now");
    expect(words).toContain("A yes would run nothing now.");
  });

  it("marks what its host said before it went down", async () => {
    expect(await wordsOf("cannot-run-down")).toContain("Last heard from web-1 about it, 3 min ago:");
    expect(await wordsOf("cannot-run-down")).toContain("Take it, and look at web-1.");
    expect(await wordsOf("cannot-run-budget")).not.toContain("Last heard");
  });
});

describe("what is over", () => {
  it.each(["superseded", "superseded-by-freeze", "expired", "denied", "denied-by-me"])(
    "%s folds the command that did not run",
    async (name) => {
      expect(await markupFor(name)).toContain("<summary>The command that did not run</summary>");
      expect(await wordsOf(name)).not.toContain("/usr/bin/systemctl");
    },
  );

  it.each([
    ["superseded", /well/g],
    ["expired", /still/g],
    ["expired", /answered/g],
    ["denied", /denied|said no/g],
  ])("%s says it once: %s", async (name, said) => {
    expect((await wordsOf(name)).replaceAll(/unless it is well.*?\./g, "").match(said)).toHaveLength(1);
  });
});
