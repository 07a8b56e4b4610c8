// The list of who may approve: what waits for somebody first, then the people with their passkeys, and the words by which a host's root knows it. Pure.
import { CREDENTIALS_PER_PERSON_MAX } from "@countersign/shared/values/limits";
import { listText } from "@countersign/shared/values/list-text";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { Layout } from "../frame/layout.tsx";
import { InAppCard } from "../look/in-app-card.tsx";
import { Exact, ShortHash } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { WhereCard } from "../signing/where-card.tsx";
import { ApproverCard } from "./approver-card.tsx";
import { CreateForm } from "./create-form.tsx";
import { LevelsCard, NextVersionCard } from "./demand-forms.tsx";
import { Fingerprint } from "./fingerprint.tsx";
import type { PasskeyShown } from "./passkey-shown.ts";
import { CandidateCard, DraftCard, OwnCandidate } from "./waiting-cards.tsx";

/** Passkeys of one person that may wait at a time. */
export const CANDIDATES_PER_PERSON_MAX = 3;

type Listed = PasskeyShown & { readonly trust: KnownTrust };

/** The view. */
export function ListView(shown: Listed) {
  const { approversNow, frame, names, trust, where } = shown;
  const { approvers } = trust.trust;
  const nameOf = (person: string) => names.get(person) ?? person;
  const reader = frame.signIn.responder;
  const mayChange = frame.roles.includes("approve") && approvers.some(({ person }) => person === reader);
  const { now } = frame;
  return (
    <Layout title="Who may approve" frame={frame} path="/passkey">
      <div>
        <h1>
          {approvers.length === 1 ? "One person may approve" : `${approvers.length} people may approve`}
        </h1>
        <Yours {...shown} />
      </div>
      {shown.inForce === trust.trust.version && <InForce version={shown.inForce} />}
      <InAppCard inApp={frame.inApp} />
      {where.kind !== "here" && <WhereCard where={where} path="/passkey" />}
      <Waiting {...shown} mayChange={mayChange} nameOf={nameOf} />
      <div class="split">
        <div>
          {approvers.map((approver) => (
            <ApproverCard
              approver={approver}
              name={nameOf(approver.person)}
              isReader={approver.person === reader}
              uses={approversNow.uses}
              mayChange={mayChange}
              now={now}
            />
          ))}
          <OneMore {...shown} />
        </div>
        <div>
          <ComparedCard trust={trust} />
          <NextVersionCard {...{ mayChange, nameOf, trust }} />
          <LevelsCard {...{ mayChange, nameOf, trust }} />
        </div>
      </div>
    </Layout>
  );
}

function Yours({ approversNow, form, frame, trust }: Listed) {
  const { approvers } = trust.trust;
  const reader = frame.signIn.responder;
  const own = approvers.find(({ person }) => person === reader);
  if (own !== undefined)
    return (
      <p class="lead">
        {approvers.length === 1 ? "It is you" : "You are one of them"}, by{" "}
        <Exact text={listText(own.credentials.map(({ name }) => name))} />.
      </p>
    );
  const isNot = approvers.length === 1 ? "It is not you" : "You are not one of them";
  const waits = approversNow.candidates.some(({ person }) => person === reader);
  return (
    <p class="lead" data-says="not-an-approver">
      {isNot}
      {waits && " yet: your passkey waits to be let in."}
      {!waits && form !== null && " yet: make a passkey, and one of them lets you in."}
      {!waits &&
        form === null &&
        (frame.roles.includes("answer")
          ? ": you can deny, take and ask, but your yes counts for nothing where a person must sign."
          : ", and by the rules you may only look.")}
    </p>
  );
}

function InForce({ version }: { readonly version: number }) {
  return (
    <section class="card ok" role="status" data-says="in-force">
      <p>
        <State kind="done">The new list is in force</State>
      </p>
      <p>
        It is version {version}. Each host takes it by itself as it connects, for people of the list before
        have signed it.
      </p>
    </section>
  );
}

function Waiting(
  props: Listed & { readonly mayChange: boolean; readonly nameOf: (person: string) => string },
) {
  const { approversNow, frame, mayChange, nameOf, tokens, trust } = props;
  const { approvers } = trust.trust;
  const reader = frame.signIn.responder;
  const isApprover = approvers.some(({ person }) => person === reader);
  const cards = [
    ...approversNow.candidates.map((candidate) => {
      const token = tokens.get(candidate.credential.credentialId) ?? null;
      // who may let it in themselves compares it with their other device; else it is read out
      return candidate.person === reader && !isApprover && token !== null ? (
        <OwnCandidate {...{ candidate, approvers, nameOf, token }} now={frame.now} />
      ) : (
        <CandidateCard
          {...{ candidate, nameOf, token }}
          isKnown={approvers.some(({ person }) => person === candidate.person)}
          mayLetIn={mayChange}
          now={frame.now}
        />
      );
    }),
    ...approversNow.drafts.map((draft) => (
      <DraftCard {...{ draft, trust, nameOf }} token={tokens.get(draft.hash) ?? null} now={frame.now} />
    )),
  ];
  return cards.length === 0 ? null : <div class="split">{cards}</div>;
}

/** A passkey of one's own: for who has none the first thing to do here, else folded. */
function OneMore({ approversNow, form, frame, trust }: Listed) {
  if (form === null) return null;
  const reader = frame.signIn.responder;
  const own = trust.trust.approvers.find(({ person }) => person === reader);
  const waitingCount = approversNow.candidates.filter(({ person }) => person === reader).length;
  const hasEnough =
    waitingCount >= CANDIDATES_PER_PERSON_MAX || (own?.credentials.length ?? 0) >= CREDENTIALS_PER_PERSON_MAX;
  if (hasEnough)
    return (
      <p class="small soft">You have as many passkeys as fit. Remove or withdraw one to make another.</p>
    );
  if (own === undefined && waitingCount === 0)
    return (
      <section class="card" aria-labelledby="create">
        <h2 id="create">Create your passkey</h2>
        <CreateForm form={form} frame={frame} />
      </section>
    );
  return (
    <section class="card" aria-labelledby="another">
      <h2 id="another">Another passkey for you</h2>
      <p>
        On a second phone, a laptop or a key on your ring: then a lost one costs you nothing. Open this view
        there, or make it here.
      </p>
      <details>
        <summary>Make one on this device</summary>
        <CreateForm form={form} frame={frame} isQuiet />
      </details>
    </section>
  );
}

/** What root compares. */
function ComparedCard({ trust }: { readonly trust: KnownTrust }) {
  return (
    <section class="card" aria-labelledby="compare">
      <h2 id="compare">Compare these words at each host</h2>
      <Fingerprint hash={trust.hash} />
      <p>
        When you install a host it shows eight words at its own console: go on only if they are these. On a
        host that is installed already and believes nobody yet, as root:
      </p>
      <pre tabindex={0}>countersign-agent trust accept</pre>
      <p class="small soft">
        Version {trust.trust.version} of the list, SHA-256 <ShortHash hash={trust.hash} />. A host that
        believes a version takes each later one by itself, if people of the one before have signed it.
      </p>
    </section>
  );
}
