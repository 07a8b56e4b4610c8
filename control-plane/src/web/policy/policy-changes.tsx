// What differs between two policies, in words and setting by setting. Pure.
import type { ChangeInWords } from "../../policy/in-words/policy-in-words.ts";
import type { PolicyChange } from "../../policy/policy-diff.ts";
import { Exact } from "../frame/parts.tsx";

const SETTINGS_SHOWN_MAX = 100;
const WORDS_SHOWN_MAX = 60;

/** What was said before and is said after, by what it is about. */
export function ChangeList({ words }: { readonly words: readonly ChangeInWords[] }) {
  const shown = words.slice(0, WORDS_SHOWN_MAX);
  return (
    <>
      {[...Map.groupBy(shown, ({ title }) => title)].map(([title, changes]) => (
        <>
          <h3>{title}</h3>
          <ul class="list">
            {changes.map((change) => (
              <li>
                <Change change={change} />
              </li>
            ))}
          </ul>
        </>
      ))}
      {words.length > shown.length && <p class="small soft">{words.length - shown.length} more.</p>}
    </>
  );
}

function Change({ change: { after, before } }: { readonly change: ChangeInWords }) {
  return (
    <>
      {after !== null && (
        <p>
          <b>{before === null ? "New: " : "Now: "}</b>
          <Exact text={after} />
        </p>
      )}
      {before !== null && (
        <p class={after === null ? "" : "small soft"}>
          <b>{after === null ? "Gone: " : "Before: "}</b>
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
