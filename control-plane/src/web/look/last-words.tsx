// What a service's log said last, as its host tells it: how it exited, then its lines as they are, without links, every character written
// out that cannot be seen. Pure. What a reader would get wrong: nothing is judged by it, and a stranger may have written it.
import type { HostWords, ToldWords } from "../../core/shard/kept/told-words.ts";
import { exitWords } from "../../core/words/exit-words.ts";
import { Exact } from "./parts.tsx";
import { Age } from "./time.tsx";

/** Beside a question, so that the yes stays near: so many lines, and so much of each; all of them stand with the incident. */
const BRIEF_LINES = 6;
const BRIEF_LINE_CHARS = 160;
/** A host's clock that is further off than this is said. */
const CLOCK_OFF_MS = 60_000;

export interface LastWordsProps {
  readonly told: readonly HostWords[];
  readonly now: number;
  /** where all lines stand, where only the newest are shown here; absent: all are */
  readonly allAt?: string;
  /** it stands within something else */
  readonly isInner?: boolean;
}

/** One card for all of them; nothing where nothing was told. */
export function LastWords(props: LastWordsProps) {
  const { isInner = false, told } = props;
  if (told.every(({ words }) => words?.length === 0)) return null;
  const blocks = told.map((each) => <WordsOfHost {...props} of={each} />);
  if (isInner) return <div class="stack">{blocks}</div>;
  return (
    <section class="card" aria-labelledby="words">
      <h2 id="words">Last words</h2>
      {blocks}
    </section>
  );
}

function WordsOfHost(props: LastWordsProps & { readonly of: HostWords }) {
  const { allAt, now } = props;
  const { hostName, words } = props.of;
  if (words === null)
    return (
      <p class="soft" data-says="words-unread">
        What was logged on <Exact text={hostName} /> could not be read: its shard does not answer.
      </p>
    );
  if (words.length === 0) return null;
  return (
    <>
      {words.map((each) => (
        <Words words={each} now={now} {...(allAt === undefined ? {} : { allAt })} />
      ))}
      <p class="small soft">
        As <Exact text={hostName} /> says; redacted there.
      </p>
    </>
  );
}

function Words({ allAt, now, words }: Omit<LastWordsProps, "told"> & { readonly words: ToldWords }) {
  const { at, exit, isCut, lines, occasion, service, toldAt } = words;
  const shown = allAt === undefined ? lines : lines.slice(-BRIEF_LINES).map(shortened);
  const isBrief = shown.length < lines.length || shown.some((line, index) => line !== lines[index]);
  return (
    <div class="stack" data-words={occasion}>
      <p>
        <b>
          <Exact text={service} />
        </b>{" "}
        {exit === null ? "" : <Exact text={`${exitWords(exit)}, `} />}
        {occasion === "failed" ? "told when it failed" : "told after an act on it failed"}{" "}
        <Age at={toldAt} now={now} />
        {Math.abs(at - toldAt) > CLOCK_OFF_MS && (
          <>
            {" "}
            (by the host's clock <Age at={at} now={now} />)
          </>
        )}
        .
      </p>
      {shown.length > 0 ? (
        <pre aria-label={`The last lines of the log of ${service}`}>
          {shown.map((line, index) => (
            <>
              {index > 0 && "\n"}
              <Exact text={line} />
            </>
          ))}
        </pre>
      ) : (
        <p class="small soft">No line of its log was told: it has none, or they are not read there.</p>
      )}
      {isCut && allAt === undefined && <p class="small soft">Cut there: it is longer.</p>}
      {isBrief && (
        <p class="links small">
          <a href={allAt}>
            All of {lines.length} {lines.length === 1 ? "line" : "lines"}
          </a>
        </p>
      )}
    </div>
  );
}

function shortened(line: string): string {
  const characters = Array.from(line);
  return characters.length <= BRIEF_LINE_CHARS
    ? line
    : `${characters.slice(0, BRIEF_LINE_CHARS - 1).join("")}…`;
}
