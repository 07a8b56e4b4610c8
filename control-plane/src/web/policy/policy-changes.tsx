// What differs between two policies, in words and setting by setting. Pure.
import type { ChangeInWords } from "../../policy/in-words/policy-in-words.ts";
import type { PolicyChange } from "../../policy/policy-diff.ts";
import { Exact } from "../look/parts.tsx";

const SETTINGS_SHOWN_MAX = 100;
const WORDS_SHOWN_MAX = 60;

/** What is said of each side: of what was done, and of what would be. */
const WORDS = {
  done: { comes: "New: ", after: "Now: ", before: "Before: ", goes: "Gone: " },
  planned: { comes: "Would come: ", after: "Then: ", before: "Now: ", goes: "Would go: " },
} as const;
type Tense = keyof typeof WORDS;

/** What was said before and is said after, by what it is about. */
export function ChangeList({
  tense,
  words,
}: {
  readonly tense: Tense;
  readonly words: readonly ChangeInWords[];
}) {
  const shown = words.slice(0, WORDS_SHOWN_MAX);
  return (
    <>
      {[...Map.groupBy(shown, ({ title }) => title)].map(([title, changes]) => (
        <>
          <h3>{title}</h3>
          <ul class="list">
            {changes.map((change) => (
              <li>
                <Change change={change} tense={tense} />
              </li>
            ))}
          </ul>
        </>
      ))}
      {words.length > shown.length && <p class="small soft">{words.length - shown.length} more.</p>}
    </>
  );
}

function Change(props: { readonly change: ChangeInWords; readonly tense: Tense }) {
  const { after, before } = props.change;
  const words = WORDS[props.tense];
  return (
    <>
      {after !== null && (
        <p>
          <b>{before === null ? words.comes : words.after}</b>
          <Exact text={after} />
        </p>
      )}
      {before !== null && (
        <p class={after === null ? "" : "small soft"}>
          <b>{after === null ? words.goes : words.before}</b>
          <Exact text={before} />
        </p>
      )}
    </>
  );
}

/** Settings by their names, as the file writes them. */
export function SettingList({ changes }: { readonly changes: readonly PolicyChange[] }) {
  const shown = changes.slice(0, SETTINGS_SHOWN_MAX);
  if (changes.length === 0) return null;
  return (
    <details>
      <summary>
        {changes.length === 1 ? "1 setting by its name" : `${changes.length} settings by their names`}
      </summary>
      <ul class="list">
        {shown.map((change) => (
          <li class="small">
            <span class="mono">
              <Exact text={change.path} />
            </span>
            <br />
            <Exact text={valueOf(change, change.from)} /> → <Exact text={valueOf(change, change.to)} />
          </li>
        ))}
      </ul>
      {changes.length > shown.length && <p class="small soft">{changes.length - shown.length} more.</p>}
    </details>
  );
}

function valueOf({ isAddress }: PolicyChange, value: string | null): string {
  if (value === null) return "not there";
  return isAddress ? "(an address, not shown)" : value;
}
