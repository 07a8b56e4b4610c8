// Finding a host or a service by its name, without a script: a search form, and a bounded list of links. Pure.
import { nameOf, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import { Exact } from "../frame/parts.tsx";
import { SEARCH_CHARS_MAX } from "./scopes.ts";

/** Scopes listed at once; the search finds the others. */
export const SCOPES_SHOWN_MAX = 50;

export interface ScopeSearchProps {
  /** where the search is sent to */
  readonly action: string;
  /** the link to a scope is this, and its key */
  readonly linkStart: string;
  readonly search: string;
  readonly found: readonly Subject[];
  readonly silentShards: readonly string[];
  /** what a link does, such as "Freeze" */
  readonly verb: string;
}

/** A search and what it found. */
export function ScopeSearch(props: ScopeSearchProps) {
  const { action, found, linkStart, search, silentShards, verb } = props;
  return (
    <>
      <form method="get" action={action} role="search">
        <label>
          Name of a host or a service{" "}
          <input type="search" name="q" value={search} maxlength={SEARCH_CHARS_MAX} autocomplete="off" />
        </label>
        <p>
          <button class="plain">Find</button>
        </p>
      </form>
      {silentShards.length > 0 && (
        <p class="say no" role="alert">
          {silentShards.join(", ")} did not answer just now: its hosts are missing here.
        </p>
      )}
      <p class="soft small" role="status">
        {countWords(found.length)}
      </p>
      <ul class="list links">
        {found.slice(0, SCOPES_SHOWN_MAX).map((scope) => (
          <li>
            <a href={`${linkStart}${encodeURIComponent(subjectKeyOf(scope))}`}>
              {verb} <Exact text={nameOf(scope)} />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function countWords(foundCount: number): string {
  if (foundCount === 0) return "Nothing has that name that could be chosen here.";
  if (foundCount > SCOPES_SHOWN_MAX)
    return `${SCOPES_SHOWN_MAX} of ${foundCount}: type more of the name to find the others.`;
  return foundCount === 1 ? "1 found." : `${foundCount} found.`;
}
