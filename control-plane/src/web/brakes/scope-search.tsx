// Finding a host or a service by its name, without a script: a search form, and a bounded list of links. Pure.
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import { nameOf, subjectKeyOf } from "../../core/words/subject.ts";
import { Exact } from "../look/parts.tsx";
import type { FoundScopes } from "./scope-lookup.ts";

export interface ScopeSearchProps {
  /** where the search is sent to */
  readonly action: string;
  /** the link to a scope is this, and its key */
  readonly linkStart: string;
  readonly search: string;
  readonly result: FoundScopes;
  /** what a link does, such as "Freeze" */
  readonly verb: string;
}

/** A search and what it found. */
export function ScopeSearch(props: ScopeSearchProps) {
  const { action, linkStart, result, search, verb } = props;
  return (
    <>
      <form method="get" action={action} role="search">
        <label>
          Name of a host or a service{" "}
          <input type="search" name="q" value={search} maxlength={SEARCH_CHARS_MAX} autocomplete="off" />
        </label>
        <p>
          <button class="btn plain">Find</button>
        </p>
      </form>
      {!result.hasServices && (
        <p class="say no" role="alert" data-says="no-lists">
          The lists do not answer just now: hosts alone can be found, not their services.
        </p>
      )}
      <p class="soft small" role="status">
        {countWords(result)}
      </p>
      <ul class="list">
        {result.found.map((scope) => (
          <li>
            <a class="tap" href={`${linkStart}${encodeURIComponent(subjectKeyOf(scope))}`}>
              <span>
                {verb} <Exact text={nameOf(scope)} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function countWords({ found, hasMore }: FoundScopes): string {
  if (found.length === 0) return "Nothing has that name that could be chosen here.";
  if (hasMore) return `${found.length} are shown, and there are more: type more of the name.`;
  return found.length === 1 ? "1 found." : `${found.length} found.`;
}
