// The next list before it is signed: what changes, whose words are to be compared, what could go wrong by it, and who must sign. Pure. What is signed are
// exactly the bytes that it was made from.
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";
import { listText } from "@countersign/shared/values/list-text";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import type { Candidate } from "../../platform/approvers-rpc.ts";
import { type Frame, Layout } from "../frame/layout.tsx";
import { InAppCard } from "../look/in-app-card.tsx";
import { Exact, ShortHash } from "../look/parts.tsx";
import { Age } from "../look/time.tsx";
import { type OwnPasskeys, signingOptions } from "../signing/own-passkeys.ts";
import { PasskeyForm } from "../signing/passkey-form.tsx";
import { WhereCard } from "../signing/where-card.tsx";
import { ChangeLine, peopleCount } from "./change-line.tsx";
import { Fingerprint } from "./fingerprint.tsx";
import { type ListChange, listChanges } from "./list-changes.ts";
import { listWarnings } from "./list-warnings.ts";
import type { NextList } from "./next-asked.ts";
import { MissingPeople, moreWords } from "./waiting-cards.tsx";
import { WarningLine } from "./warning-line.tsx";

export interface NextShown {
  readonly frame: Frame;
  readonly newest: KnownTrust;
  readonly next: NextList;
  /** what its address asks for, which the form sends back */
  readonly asked: string;
  readonly own: OwnPasskeys;
  readonly token: string;
  /** the words of a passkey that is added, by its credential id */
  readonly hashOf: (person: string, credential: Candidate["credential"]) => string;
  readonly names: ReadonlyMap<string, string>;
}

/** The review. */
export function NextView(shown: NextShown) {
  const { frame, names, newest, next } = shown;
  const nameOf = (person: string) => names.get(person) ?? person;
  const changes = listChanges(newest.trust, next.trust);
  const warnings = listWarnings(newest.trust, next.trust, frame.signIn.responder);
  return (
    <Layout title="The next list" frame={frame} path="/passkey">
      <div>
        <h1>{titleOf(changes, nameOf)}</h1>
        <p class="lead">Read it before you sign: hosts believe what is signed here.</p>
      </div>
      <InAppCard inApp={frame.inApp} />
      <div class="split">
        <div>
          <section class="card" aria-labelledby="changes">
            <h2 id="changes">What changes</h2>
            <ul class="list">
              {changes.map((change) => (
                <li>
                  <ChangeLine change={change} nameOf={nameOf} />
                </li>
              ))}
            </ul>
          </section>
          <Compared changes={changes} shown={shown} nameOf={nameOf} />
        </div>
        <div>
          {warnings.length > 0 && (
            <section class="card wt" role="note" aria-labelledby="mind">
              <h2 id="mind">Before you sign</h2>
              <ul class="list">
                {warnings.map((warning) => (
                  <li data-warning={warning.kind}>
                    <WarningLine warning={warning} nameOf={nameOf} />
                  </li>
                ))}
              </ul>
            </section>
          )}
          <Signing {...shown} nameOf={nameOf} />
          <ForTheRecord next={next} />
        </div>
      </div>
      <p class="links">
        <a href="/passkey">Back to who may approve: nothing changes</a>
      </p>
    </Layout>
  );
}

type NameOf = (person: string) => string;

function titleOf(changes: readonly ListChange[], nameOf: NameOf): string {
  const [first] = changes;
  if (changes.length !== 1 || first === undefined) return "Change who may approve?";
  switch (first.kind) {
    case "person-added":
      return `Let ${nameOf(first.person)} approve?`;
    case "person-removed":
      return `Remove ${nameOf(first.person)} from who may approve?`;
    case "passkey-added":
      return `Add a passkey of ${nameOf(first.person)}?`;
    case "passkey-removed":
      return `Remove a passkey of ${nameOf(first.person)}?`;
    case "threshold":
      return "Change how many must sign?";
    case "level":
      return `Change what a ${first.act} needs?`;
    case "desk-key-added":
    case "desk-key-removed":
      return "Change a key of the desk?";
  }
}

/** Passkeys that are added, each with its words once more. */
function Compared(props: {
  readonly changes: readonly ListChange[];
  readonly shown: NextShown;
  readonly nameOf: NameOf;
}) {
  const { changes, nameOf, shown } = props;
  const added = changes.flatMap((change) =>
    change.kind === "person-added" || change.kind === "passkey-added"
      ? change.passkeys.map((credential) => ({ person: change.person, credential }))
      : [],
  );
  return (
    <>
      {added.map(({ credential, person }) => (
        <section class="card" aria-labelledby={`same-${credential.credentialId}`} data-says="compare">
          <h2 id={`same-${credential.credentialId}`}>
            <Exact text={`${nameOf(person)}'s`} /> device must show the same eight words
          </h2>
          <Fingerprint hash={shown.hashOf(person, credential)} />
          <p class="small">
            Compare them side by side, or let them be read to you by a voice that you know. If one differs, do
            not sign: <Exact text={`“${credential.name}”`} /> is somebody else's.
          </p>
        </section>
      ))}
    </>
  );
}

function Signing(shown: NextShown & { readonly nameOf: NameOf }) {
  const { asked, frame, nameOf, newest, next, own, token } = shown;
  const { approvers, threshold } = newest.trust;
  const signed = next.draft?.signed ?? [];
  const missing = next.draft?.missing ?? threshold;
  const reader = frame.signIn.responder;
  const hasSigned = signed.some(({ person }) => person === reader);
  return (
    <section class="card" aria-labelledby="who">
      <h2 id="who">Who must sign</h2>
      <p>
        {threshold === approvers.length ? "All" : `${threshold} of the ${approvers.length}`} who may approve
        now
        {threshold === 1 && approvers.length === 1 && ": one person"}.{" "}
        {threshold > 1 && <MissingPeople draft={{ missing, signed }} trust={newest} nameOf={nameOf} />}
      </p>
      {signed.length > 0 && (
        <ul class="list">
          {signed.map((each) => (
            <li>
              <b>
                <Exact text={nameOf(each.person)} />
              </b>{" "}
              has signed <Age at={each.at} now={frame.now} />, by <Exact text={each.credentialName} />
            </li>
          ))}
        </ul>
      )}
      {hasSigned && <p data-says="signed-already">You have signed it. {moreSentence(missing)}</p>}
      {!hasSigned && own.kind === "elsewhere" && (
        <WhereCard where={own.where} path={`/passkey/next?${asked}`} />
      )}
      {!hasSigned && (own.kind === "no-passkey" || own.kind === "no-trust") && (
        <p data-says="not-an-approver">
          You cannot sign it: you have no passkey in this list.{" "}
          <Exact
            text={listText(
              approvers.map(({ person }) => nameOf(person)),
              "or",
            )}
          />{" "}
          can.
        </p>
      )}
      {!hasSigned && own.kind === "ready" && (
        <PasskeyForm
          action="/passkey/next"
          kind="get"
          token={token}
          options={signingOptions("trust", next.bytes, own)}
          says="Sign this list"
          ready={missing > 1 ? `then ${moreWords(missing - 1)} must` : "it is in force at once"}
          looks={{ button: "btn full yes" }}
        >
          <input type="hidden" name="asked" value={asked} />
          <input type="hidden" name="proposalHash" value={next.hash} />
        </PasskeyForm>
      )}
    </section>
  );
}

function moreSentence(missing: number): string {
  return `${moreWords(missing).replace(/^./, (letter) => letter.toUpperCase())} must.`;
}

function ForTheRecord({ next }: { readonly next: NextList }) {
  const words = fingerprintWordsOf(next.hash);
  return (
    <details>
      <summary>For the record</summary>
      <p class="small">
        Version {next.trust.version} of the list, SHA-256 <ShortHash hash={next.hash} />. Its own eight words,
        which a host shows once it believes it:
      </p>
      <pre tabindex={0}>{`${words.slice(0, 4).join(" ")}\n${words.slice(4).join(" ")}`}</pre>
      <p class="small">
        {peopleCount(next.trust.threshold)} must sign the list after it: people of{" "}
        {listText(next.trust.approvers.map(({ person }) => person))}.
      </p>
    </details>
  );
}
