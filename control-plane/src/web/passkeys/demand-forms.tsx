// How many people must sign the next list, and what each level needs: shown, and each to be changed by a review that is signed. Pure; the forms ask for
// a view and change nothing.
import { listText } from "@countersign/shared/values/list-text";
import { DESK_ALONE, type LevelRule, ONE_PERSON, PEOPLE_MAX } from "@countersign/shared/wire/level-rule";
import { LEVEL_ACTS, ruleWords } from "@countersign/shared/wire/rule-words";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { Exact } from "../look/parts.tsx";
import { upperFirst } from "../look/upper-first.ts";
import { peopleCount } from "./change-line.tsx";
import { levelLines } from "./level-lines.ts";
import { levelText } from "./next-asked.ts";

interface Props {
  readonly trust: KnownTrust;
  readonly nameOf: (person: string) => string;
  /** the reader may sign the next list */
  readonly mayChange: boolean;
}

/** How this list changes. */
export function NextVersionCard({ mayChange, nameOf, trust }: Props) {
  const { approvers, threshold } = trust.trust;
  const people = approvers.map(({ person }) => nameOf(person));
  const who = threshold === people.length ? listText(people) : `${threshold} of ${listText(people)}`;
  return (
    <section class="card" aria-labelledby="next">
      <h2 id="next">How this list changes</h2>
      <p>
        By its next version, signed by <Exact text={who} />. The desk cannot add anybody by itself.
      </p>
      {mayChange && people.length > 1 && (
        <details>
          <summary>Change how many must sign</summary>
          <form method="get" action="/passkey/next">
            <label for="threshold">Who must sign each later list</label>
            <select id="threshold" name="threshold">
              {Array.from({ length: Math.min(people.length, PEOPLE_MAX) }, (_, index) => (
                <option value={String(index + 1)} selected={index + 1 === threshold}>
                  {upperFirst(peopleCount(index + 1))}
                </option>
              ))}
            </select>
            <button class="btn plain">Look at this change</button>
          </form>
        </details>
      )}
    </section>
  );
}

/** What each level needs. */
export function LevelsCard({ mayChange, trust }: Props) {
  const { approvers, levels } = trust.trust;
  return (
    <section class="card" aria-labelledby="levels">
      <h2 id="levels">What each level needs</h2>
      <ul class="list">
        {levelLines(levels).map((line) => (
          <li>
            <b>
              {line.levels}: {line.acts}
            </b>
            <br />
            {line.demands}
          </li>
        ))}
      </ul>
      <p class="small soft">A host's own root may ask for more, never for less.</p>
      {mayChange && (
        <details>
          <summary>Change what a level needs</summary>
          <form method="get" action="/passkey/next">
            {LEVEL_ACTS.map(([level, act]) => (
              <label>
                {level} {act}
                <select name={`level${level}`}>
                  {choicesFor(level, approvers.length, levels[level]).map((rule) => (
                    <option value={levelText(rule)} selected={levelText(rule) === levelText(levels[level])}>
                      {ruleWords(rule)}
                    </option>
                  ))}
                </select>
              </label>
            ))}
            <button class="btn plain">Look at this change</button>
          </form>
        </details>
      )}
    </section>
  );
}

/** More people than there are could not sign, and more than three is a rule that somebody writes by the command. */
const OFFERED_PEOPLE_MAX = 3;

function choicesFor(
  level: number,
  approverCount: number,
  current: LevelRule | undefined,
): readonly (LevelRule | undefined)[] {
  const offered: readonly (LevelRule | undefined)[] = [
    ...(level < 4 ? [DESK_ALONE] : []),
    ...Array.from({ length: Math.min(approverCount, OFFERED_PEOPLE_MAX) }, (_, index) =>
      rulesFor(index + 1, approverCount),
    ).flat(),
    undefined,
  ];
  const isOffered = offered.some((rule) => levelText(rule) === levelText(current));
  return isOffered ? offered : [current, ...offered];
}

function rulesFor(people: number, approverCount: number): readonly LevelRule[] {
  const any: LevelRule = { ...ONE_PERSON, people };
  const bound: LevelRule = { ...any, credentials: "device-bound" };
  // with who asks left out, there must be enough others
  const others = people < approverCount ? [any, bound].map((rule) => ({ ...rule, mayAskerSign: false })) : [];
  return [any, bound, ...others];
}
