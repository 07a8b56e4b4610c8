// One version of the rules: what it changed, in words and by setting, and, of the newest one, taking it back with what that
// would do. Pure.
import { type RouteWarning, warningSentenceOf } from "../../core/desk/paging/route-warning.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import type { PolicyVersion } from "../../platform/desk/desk-policies.ts";
import type { ChangeInWords } from "../../policy/in-words/policy-in-words.ts";
import type { PolicyChange } from "../../policy/policy-diff.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { WhyForm } from "../frame/why-form.tsx";
import { OnlyWho } from "../look/may.tsx";
import { Exact, ShortHash } from "../look/parts.tsx";
import { AgeAndClock } from "../look/time.tsx";
import { ChangeList, SettingList } from "./policy-changes.tsx";

/** What taking a version back would do. */
export interface UndoShown {
  /** the version whose text comes back; 0: the deployment's own */
  readonly restores: number;
  readonly losesAccess: readonly string[];
  readonly leavesNobody: boolean;
  /** what would be wrong then that a person must know */
  readonly warnings: readonly RouteWarning[];
  /** null: one of both cannot be read */
  readonly words: readonly ChangeInWords[] | null;
}

export interface PolicyVersionViewProps {
  readonly frame: Frame;
  readonly version: PolicyVersion;
  /** null: it or the one before it is not kept, or cannot be read any more */
  readonly changes: readonly PolicyChange[] | null;
  readonly words: readonly ChangeInWords[] | null;
  /** null: it cannot be taken back */
  readonly undo: UndoShown | null;
  readonly undoToken: string;
  /** who may take it back, by name; null, absent: the reader may */
  readonly whoMay?: readonly string[] | null;
}

/** One version. */
export function PolicyVersionView(props: PolicyVersionViewProps) {
  const { changes, frame, undo, version, words } = props;
  const { appliedAt, appliedBy, hash, restores, why } = version;
  return (
    <Layout title={`Rules, version ${version.version}`} frame={frame} path="/policy">
      <div>
        <p class="small">
          <a class="tap" href="/policy">
            Rules
          </a>
        </p>
        <h1>Version {version.version}</h1>
        <p class="lead">
          {why === "" ? "No reason was given" : <Exact text={why} />}, by{" "}
          <Exact text={actorNameOf(appliedBy)} />
          {restores !== null && `, to bring back version ${restores}`},{" "}
          <AgeAndClock at={appliedAt} now={frame.now} />
        </p>
      </div>
      <div class={undo === null ? "" : "split"}>
        <section class="card" aria-labelledby="changed">
          <h2 id="changed">What it changed</h2>
          {words === null && <p>The version before it is not kept any more, or cannot be read.</p>}
          {words?.length === 0 && <p>No setting: comments or order only.</p>}
          <ChangeList tense="done" words={words ?? []} />
          <SettingList changes={changes ?? []} />
          <p class="small soft">
            For the record: the text's SHA-256 is <ShortHash hash={hash} />
          </p>
        </section>
        {undo !== null && <Undo {...props} undo={undo} />}
      </div>
    </Layout>
  );
}

function Undo(props: PolicyVersionViewProps & { readonly undo: UndoShown }) {
  const { undo, undoToken, version } = props;
  const { leavesNobody, losesAccess, restores, warnings, words } = undo;
  const comesBack =
    restores === 0 ? "the text that came with this deployment" : `the text of version ${restores}`;
  return (
    <section class={losesAccess.length > 0 ? "card wt" : "card"} aria-labelledby="undo">
      <h2 id="undo">Take it back</h2>
      <p>
        Then {comesBack} is in force again, as a version of its own.
        {words?.length === 0 && " Nothing that is decided would be decided otherwise."}
      </p>
      {losesAccess.length > 0 && (
        <p role="alert">
          <b>
            <Exact text={losesAccess.join(", ")} /> would lose access
          </b>
          : signed out on every device, and paged no more.
        </p>
      )}
      {warnings.map((warning) => (
        <p role="alert" data-says={warning.reason}>
          Then: {warningSentenceOf(warning)}
        </p>
      ))}
      {leavesNobody ? (
        <p>
          Nobody who is signed in now would stay so, so it is not done from here: use{" "}
          <code>countersign policy undo --yes</code> if that is meant.
        </p>
      ) : (
        <OnlyWho whoMay={props.whoMay ?? null} to="take it back">
          <WhyForm action={`/policy/undo/${version.version}`} token={undoToken}>
            Take version {version.version} back
          </WhyForm>
        </OnlyWho>
      )}
      <ChangeList tense="planned" words={words ?? []} />
    </section>
  );
}
