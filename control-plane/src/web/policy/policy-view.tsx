// The rules in force, in words: who is paged when, who may answer, what may run, when it is silent, how long it waits;
// beside them the versions and how to change them. Pure. Addresses of channels are not shown: one may be as good as a
// password.
import { actorNameOf } from "../../core/words/actor.ts";
import type { PolicyVersion, ShownPolicy } from "../../platform/desk/desk-policies.ts";
import type { PolicyPart } from "../../policy/in-words/line.ts";
import type { PolicyChange } from "../../policy/policy-diff.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { Exact } from "../look/parts.tsx";
import { Age } from "../look/time.tsx";
import { SettingList } from "./policy-changes.tsx";

const VERSIONS_SHOWN_MAX = 30;

export interface PolicyViewProps extends Pick<ShownPolicy, "version" | "problem" | "history"> {
  readonly frame: Frame;
  /** empty: nothing that is kept can be read */
  readonly parts: readonly PolicyPart[];
  /** what is otherwise than by default */
  readonly different: readonly PolicyChange[];
}

/** The rules. */
export function PolicyView(props: PolicyViewProps) {
  const { different, frame, parts } = props;
  const partsOf = (ids: readonly PolicyPart["id"][]) => parts.filter(({ id }) => ids.includes(id));
  return (
    <Layout title="Rules" frame={frame} path="/policy">
      <Head {...props} />
      <Unreadable {...props} />
      <div class="split">
        <div>
          {partsOf(["who"]).map((part) => (
            <Part part={part} />
          ))}
          <section class="card" aria-labelledby="differs">
            <h2 id="differs">What is otherwise than by default</h2>
            {different.length === 0 && <p>Nothing: these are the rules that this desk comes with.</p>}
            {partsOf(["overrides", "bounds"]).map(({ lines, title }) => (
              <>
                <h3>{title}</h3>
                <Lines lines={lines} />
              </>
            ))}
            <SettingList changes={different} />
          </section>
          <Versions {...props} />
        </div>
        <div>
          {partsOf(["roles", "silent"]).map((part) => (
            <Part part={part} />
          ))}
          {partsOf(["runs", "people", "channels", "pauses"]).map((part) => (
            <Folded part={part} />
          ))}
        </div>
      </div>
    </Layout>
  );
}

function Head({ frame, history, problem, version }: PolicyViewProps) {
  const newest = history[0];
  return (
    <div>
      <h1>{problem === null ? "The rules in force" : "The rules in force are not the newest"}</h1>
      <p class="lead">
        {newest === undefined || version === 0 ? (
          "They come with this deployment: nobody has applied any yet."
        ) : (
          <>
            Version {newest.version}, by <Exact text={actorNameOf(newest.appliedBy)} />{" "}
            <Age at={newest.appliedAt} now={frame.now} />
            {newest.why !== "" && (
              <>
                : <Exact text={newest.why} />
              </>
            )}
          </>
        )}
      </p>
      <p class="links">
        <a href="/policy/text">Read their text</a>
        <a href="/people">Who can be reached</a>
        <a href="/shadow">Rules on trial</a>
        <a href="/runbooks/words">Words</a>
      </p>
    </div>
  );
}

function Unreadable({ problem, version }: PolicyViewProps) {
  if (problem === null) return null;
  return (
    <section class="card no" role="alert">
      <p>
        Version {version} cannot be read by the program that runs now, so the newest one that can is in force.
        Apply a text that can be read, or take the version back.
      </p>
      <p class="small">
        <Exact text={problem} />
      </p>
    </section>
  );
}

function Part({ part }: { readonly part: PolicyPart }) {
  const { id, lines, title } = part;
  return (
    <section class="card" aria-labelledby={`part-${id}`}>
      <h2 id={`part-${id}`}>{title}</h2>
      {id === "who" ? <Steps part={part} /> : <Lines lines={lines} />}
    </section>
  );
}

/** What is looked up, and not read each time. */
function Folded({ part }: { readonly part: PolicyPart }) {
  const { lines, title } = part;
  return (
    <details class="card">
      <summary>
        <b>{title}</b> <span class="small soft">({lines.length})</span>
      </summary>
      <Lines lines={lines} />
    </details>
  );
}

function Lines({ lines }: Pick<PolicyPart, "lines">) {
  return (
    <ul class="list">
      {lines.map(({ names, plain, text }) => (
        <li>
          <Exact text={plain ?? text} />
          {names !== undefined && (
            <>
              {" "}
              <span class="small soft mono">
                <Exact text={names} />
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Steps have numbers; what follows them has none. */
function Steps({ part }: { readonly part: PolicyPart }) {
  const steps = part.lines.filter(({ key }) => key !== "repeat");
  const repeat = part.lines.find(({ key }) => key === "repeat");
  return (
    <>
      <ol class="steps">
        {steps.map(({ text }, index) => (
          <li>
            <b>{index + 1}</b>
            <div>
              <Exact text={text} />
            </div>
          </li>
        ))}
      </ol>
      {repeat !== undefined && <p class="small soft">{repeat.text}</p>}
    </>
  );
}

function Versions({ frame, history }: PolicyViewProps) {
  return (
    <section class="card" aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      {history.length === 0 && <p class="soft">None was applied yet.</p>}
      <ol class="list">
        {history.slice(0, VERSIONS_SHOWN_MAX).map((version) => (
          <li>
            <VersionLine version={version} now={frame.now} />
          </li>
        ))}
      </ol>
      {history.length > VERSIONS_SHOWN_MAX && (
        <p class="small soft">{history.length - VERSIONS_SHOWN_MAX} older ones are kept.</p>
      )}
      <h3>To change them</h3>
      <p class="small">
        A new text comes from a file, which others can look at before. An apply lifts no freeze, no silence,
        and takes nothing from whoever has taken it.
      </p>
      <pre tabindex={0}>
        {
          "countersign policy show > policy.yaml\ncountersign policy apply policy.yaml --dry-run\ncountersign policy apply policy.yaml --why TEXT"
        }
      </pre>
    </section>
  );
}

/** One version in a list. */
function VersionLine({ now, version }: { readonly version: PolicyVersion; readonly now: number }) {
  const { appliedAt, appliedBy, restores, why } = version;
  return (
    <>
      <div class="row nw">
        <a class="tap" href={`/policy/${version.version}`}>
          Version {version.version}
        </a>
        <span class="small">
          <Age at={appliedAt} now={now} />
        </span>
      </div>
      <p class="small">
        {why === "" ? <span class="soft">no reason was given</span> : <Exact text={why} />}{" "}
        <span class="soft">
          by <Exact text={actorNameOf(appliedBy)} />
          {restores !== null && `, brings back version ${restores}`}
        </span>
      </p>
    </>
  );
}
