// The policy: which version is in force, who applied each and why, and what it changed. Pure. Addresses of channels are not shown: one
// may be as good as a password.
import { actorNameOf } from "../../core/words/actor.ts";
import type { PolicyVersion, ShownPolicy } from "../../platform/desk/desk-policies.ts";
import type { PolicyChange } from "../../policy/policy-diff.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { Exact, ShortHash } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";
import { WhyForm } from "../frame/why-form.tsx";

const VERSIONS_SHOWN_MAX = 30;
const CHANGES_SHOWN_MAX = 200;

/** The versions, newest first. */
export function PolicyView(props: {
  readonly frame: Frame;
  readonly shown: ShownPolicy;
  readonly undoToken: string;
}) {
  const { frame, shown, undoToken } = props;
  const { history, problem, version } = shown;
  return (
    <Layout title="Policy" frame={frame} path="/policy">
      <h1>{version === 0 ? "The deployment's own policy" : `Policy version ${version}`}</h1>
      {problem !== null && (
        <p class="say no" role="alert">
          The newest version cannot be read by the running code, so an older one is in force:{" "}
          <Exact text={problem} />
        </p>
      )}
      <p class="soft">
        A new text is applied with <code>countersign policy apply</code>. An apply lifts no freeze, no silence
        and no acknowledgement.
      </p>
      {history.length === 0 && <p>No version was applied yet.</p>}
      <ol class="list">
        {history.slice(0, VERSIONS_SHOWN_MAX).map((each) => (
          <li>
            <Version version={each} now={frame.now} />
          </li>
        ))}
      </ol>
      {version > 0 && (
        <>
          <h2>Take version {version} back</h2>
          <p class="soft">The text that was in force before it becomes a new version.</p>
          <WhyForm action={`/policy/undo/${version}`} token={undoToken}>
            Undo version {version}
          </WhyForm>
        </>
      )}
    </Layout>
  );
}

/** One version and the settings that it changed. */
export function PolicyVersionView(props: {
  readonly frame: Frame;
  readonly version: PolicyVersion;
  /** null: it or the one before it is not kept, or cannot be read any more */
  readonly changes: readonly PolicyChange[] | null;
}) {
  const { changes, frame, version } = props;
  return (
    <Layout title={`Policy version ${version.version}`} frame={frame} path="/policy">
      <h1>Policy version {version.version}</h1>
      <Version version={version} now={frame.now} />
      <h2>What it changed</h2>
      {changes === null && <p>The version before it is not kept any more, or cannot be read.</p>}
      {changes?.length === 0 && <p>No setting: comments or order only.</p>}
      <ul class="list">
        {changes?.slice(0, CHANGES_SHOWN_MAX).map((change) => (
          <li>
            <span class="mono">
              <Exact text={change.path} />
            </span>
            <br />
            <Exact text={valueOf(change, change.from)} /> → <Exact text={valueOf(change, change.to)} />
          </li>
        ))}
      </ul>
      {(changes?.length ?? 0) > CHANGES_SHOWN_MAX && (
        <p class="soft">{(changes?.length ?? 0) - CHANGES_SHOWN_MAX} more.</p>
      )}
    </Layout>
  );
}

function Version({ version, now }: { readonly version: PolicyVersion; readonly now: number }) {
  return (
    <>
      <div class="row">
        <a href={`/policy/${version.version}`}>Version {version.version}</a>
        <ShortHash hash={version.hash} />
      </div>
      <Exact text={version.why === "" ? "no reason was given" : version.why} />{" "}
      <span class="soft">
        by <Exact text={actorNameOf(version.appliedBy)} />
        {version.restores !== null && `, brings back version ${version.restores}`}
      </span>
      <br />
      <Age at={version.appliedAt} now={now} />
    </>
  );
}

function valueOf({ isAddress }: PolicyChange, value: string | null): string {
  if (value === null) return "not there";
  return isAddress ? "(an address, not shown)" : value;
}
