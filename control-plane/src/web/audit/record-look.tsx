// What can be looked for in the record: who, which act, words, days. Pure. It asks by an address, so that what was found can
// be sent to somebody.
import { Exact } from "../look/parts.tsx";
import { ACT_GROUPS, actText, isActKnown } from "./act-words.ts";
import { byPersonText, type RecordQuery } from "./record-query.ts";

export interface LookProps {
  readonly query: RecordQuery;
  /** those of the rules in force */
  readonly people: readonly { readonly id: string; readonly name: string }[];
}

/** Who is no person, as people say it. */
const OTHERS = [
  ["admin", "whoever holds the admin token"],
  ["rule", "a rule"],
  ["desk", "the desk itself"],
  ["host", "a host"],
  ["unknown", "somebody unknown"],
] as const;

/** The form. */
export function Look({ people, query }: LookProps) {
  const isUsed = Object.values(query).some((value) => value !== "");
  return (
    <details class="card" open={isUsed}>
      <summary>Look for something</summary>
      <form method="get" action="/audit">
        <label>
          Who
          <Who people={people} query={query} />
        </label>
        <label>
          What they did
          <Acts query={query} />
        </label>
        <label>
          Words
          <input type="search" name="q" value={query.words} placeholder="host, service, reason, id" />
        </label>
        <label>
          From
          <input type="date" name="from" value={query.from} />
        </label>
        <label>
          To, that day too
          <input type="date" name="to" value={query.to} />
        </label>
        <p>
          <button class="btn plain">Look</button>
        </p>
      </form>
      {isUsed && (
        <p class="links">
          <a href="/audit">Show all</a>
        </p>
      )}
    </details>
  );
}

/** Who left the rules can still be looked for by an address that names them. */
function Who({ people, query }: LookProps) {
  const listed = people.map(({ id, name }): readonly [string, string] => [byPersonText(id), name]);
  const isListed = [...listed, ...OTHERS].some(([value]) => value === query.by);
  return (
    <select name="by">
      <option value="">anybody</option>
      {query.by !== "" && !isListed && (
        <option value={query.by} selected>
          <Exact text={query.by} />
        </option>
      )}
      {[...listed, ...OTHERS].map(([value, text]) => (
        <option value={value} selected={value === query.by}>
          {text}
        </option>
      ))}
    </select>
  );
}

function Acts({ query }: Pick<LookProps, "query">) {
  return (
    <select name="act">
      <option value="">anything</option>
      {query.act !== "" && !isActKnown(query.act) && (
        <option value={query.act} selected>
          {actText(query.act)}
        </option>
      )}
      {ACT_GROUPS.map(({ acts, title }) => (
        <optgroup label={title}>
          {acts.map(([act, text]) => (
            <option value={act} selected={act === query.act}>
              {text}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}
