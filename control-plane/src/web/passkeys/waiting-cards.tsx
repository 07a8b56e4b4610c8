// What waits for people at the list of who may approve: passkeys that nobody has let in, and next lists that too few have signed. Pure.
import { listText } from "@countersign/shared/values/list-text";
import type { Approver } from "@countersign/shared/wire/fleet-trust";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import type { Candidate, TrustDraft } from "../../platform/approvers-rpc.ts";
import { Exact } from "../look/parts.tsx";
import { Age } from "../look/time.tsx";
import { keptWords } from "./approver-card.tsx";
import { ChangeLine, peopleCount } from "./change-line.tsx";
import { Fingerprint } from "./fingerprint.tsx";
import { listChanges } from "./list-changes.ts";
import { nextPath } from "./next-asked.ts";

type NameOf = (person: string) => string;

/** One's own passkey that waits: its words are read out. */
export function OwnCandidate(props: {
  readonly candidate: Candidate;
  readonly approvers: readonly Approver[];
  readonly nameOf: NameOf;
  readonly token: string;
  readonly now: number;
}) {
  const { approvers, candidate, nameOf, now, token } = props;
  const { credential, expiresAt } = candidate;
  const id = `own-${credential.credentialId}`;
  return (
    <section class="card wt" aria-labelledby={id} data-says="own-candidate">
      <h2 id={id}>Read these eight words to an approver</h2>
      <Fingerprint hash={candidate.hash} />
      <p>
        <Exact
          text={listText(
            approvers.map(({ person }) => nameOf(person)),
            "or",
          )}
        />{" "}
        must see the same words here, and then let <Exact text={`“${credential.name}”`} /> in. Until then it
        opens nothing. It stops waiting <Age at={expiresAt} now={now} />.
      </p>
      <Withdraw candidate={candidate} token={token} says="Withdraw this passkey" />
    </section>
  );
}

/** Somebody else's, or one's own as an approver sees it. `mayLetIn`: the reader can sign the next list. */
export function CandidateCard(props: {
  readonly candidate: Candidate;
  readonly isKnown: boolean;
  readonly nameOf: NameOf;
  readonly mayLetIn: boolean;
  /** null: it is not the reader's to withdraw */
  readonly token: string | null;
  readonly now: number;
}) {
  const { candidate, isKnown, mayLetIn, nameOf, now, token } = props;
  const { credential, deviceName, madeAt, person } = candidate;
  const id = `waits-${credential.credentialId}`;
  return (
    <section class="card wt" aria-labelledby={id} data-says="candidate">
      <h2 id={id}>
        <Exact text={nameOf(person)} /> {isKnown ? "has made another passkey" : "wants to approve too"}
      </h2>
      <p>
        <b>
          <Exact text={credential.name} />
        </b>
        , made on <Exact text={deviceName} /> <Age at={madeAt} now={now} />; {keptWords(credential)}.
      </p>
      <Fingerprint hash={candidate.hash} />
      <p class="small">
        <Exact text={nameOf(person)} />
        's own device must show the same eight words. If it shows others, or none, somebody else has made this
        passkey: withdraw it.
      </p>
      <div class="chips acts">
        {mayLetIn && (
          <a class="btn plain" href={nextPath({ add: credential.credentialId })}>
            Let them in…
          </a>
        )}
        {token !== null && <Withdraw candidate={candidate} token={token} says="Withdraw it" />}
      </div>
    </section>
  );
}

function Withdraw(props: { readonly candidate: Candidate; readonly token: string; readonly says: string }) {
  const { candidate, says, token } = props;
  return (
    <form method="post" action={`/passkey/withdraw/${encodeURIComponent(candidate.credential.credentialId)}`}>
      <input type="hidden" name="csrf" value={token} />
      <button class="btn plain">{says}</button>
    </form>
  );
}

/** A next list that some have signed. */
export function DraftCard(props: {
  readonly draft: TrustDraft;
  readonly trust: KnownTrust;
  readonly nameOf: NameOf;
  /** null: it is not the reader's to forget */
  readonly token: string | null;
  readonly now: number;
}) {
  const { draft, nameOf, now, token, trust } = props;
  const id = `draft-${draft.hash.slice(0, 12)}`;
  return (
    <section class="card wt" aria-labelledby={id} data-says="draft">
      <h2 id={id}>{draftTitle(draft, nameOf)}</h2>
      <ul class="list">
        {listChanges(trust.trust, draft.trust).map((change) => (
          <li>
            <ChangeLine change={change} nameOf={nameOf} />
          </li>
        ))}
      </ul>
      <p class="small soft">
        <MissingPeople draft={draft} trust={trust} nameOf={nameOf} /> It stops waiting{" "}
        <Age at={draft.expiresAt} now={now} />.
      </p>
      <div class="chips acts">
        <a class="btn plain" href={nextPath({ draft: draft.hash })}>
          Look at it
        </a>
        {token !== null && (
          <form method="post" action={`/passkey/drop/${draft.hash}`}>
            <input type="hidden" name="csrf" value={token} />
            <button class="btn plain">Forget this list</button>
          </form>
        )}
      </div>
    </section>
  );
}

function draftTitle({ missing, signed }: TrustDraft, nameOf: NameOf): string {
  if (signed.length === 0) return `A next list waits: ${peopleCount(missing)} must sign it`;
  const names = listText(signed.map(({ person }) => nameOf(person)));
  return `${names} ${signed.length === 1 ? "has" : "have"} signed the next list; ${moreWords(missing)} must`;
}

/** `one more person`, `two more people`. */
export function moreWords(count: number): string {
  return count === 1 ? "one more person" : peopleCount(count).replace(" people", " more people");
}

/** Who could still sign it. */
export function MissingPeople(props: {
  readonly draft: Pick<TrustDraft, "missing" | "signed">;
  readonly trust: KnownTrust;
  readonly nameOf: NameOf;
}) {
  const { draft, nameOf, trust } = props;
  const left = trust.trust.approvers.filter(
    ({ person }) => !draft.signed.some((signed) => signed.person === person),
  );
  const names = left.map(({ person }) => nameOf(person));
  if (names.length === draft.missing)
    return (
      <>
        Still to sign: <Exact text={listText(names)} />.
      </>
    );
  return (
    <>
      Still to sign: {draft.missing > 1 && `${draft.missing} of `}
      <Exact text={listText(names, draft.missing > 1 ? "and" : "or")} />.
    </>
  );
}
