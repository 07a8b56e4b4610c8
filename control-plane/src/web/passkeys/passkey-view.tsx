// Who may approve, by which passkeys, and the words by which a host's root knows the list; as long as there is none, the form that makes the first
// passkey. Pure.
import type { Child } from "hono/jsx";
import type { Approver } from "@countersign/shared/wire/fleet-trust";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { type Frame, Layout } from "../frame/layout.tsx";
import { listedNames } from "../look/listed-names.ts";
import { Exact, ShortHash } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Fingerprint } from "./fingerprint.tsx";
import { levelLines } from "./level-lines.ts";
import { PasskeyForm, type PasskeyOptions } from "./passkey-form.tsx";
import { WhereCard } from "./where-card.tsx";
import type { WhereToSign } from "./where-to-sign.ts";

/** Longest name of a passkey. */
export const PASSKEY_NAME_CHARS_MAX = 60;

export interface PasskeyShown {
  readonly frame: Frame;
  /** null: nobody may approve yet */
  readonly trust: KnownTrust | null;
  readonly where: WhereToSign;
  /** null: none can be made, or none has to */
  readonly form: { readonly token: string; readonly options: PasskeyOptions } | null;
  /** of the rules' people by their ids */
  readonly names: ReadonlyMap<string, string>;
}

/** The list, or the way to the first passkey. */
export function PasskeyView(shown: PasskeyShown) {
  const { trust } = shown;
  return trust === null ? <NobodyYet {...shown} /> : <WhoMayApprove {...shown} trust={trust} />;
}

function NobodyYet({ form, frame, where }: PasskeyShown) {
  return (
    <Layout title="Create your passkey" frame={frame} path="/passkey">
      <div>
        <h1>Nobody can approve a restart yet</h1>
        <p class="lead">
          A restart runs only when a person's passkey has signed exactly it, and the host itself has checked
          that. Yours is the first.
        </p>
      </div>
      {where.kind !== "here" && <WhereCard where={where} path="/passkey" />}
      <div class="split">
        {form !== null && <CreateForm form={form} frame={frame} />}
        <section class="card" aria-labelledby="after">
          <h2 id="after">What comes of it</h2>
          <ol class="steps">
            <Step number={1}>
              You are who may approve. You sign with your finger, face or screen lock, each time exactly what
              you read.
            </Step>
            <Step number={2}>
              The desk shows eight words. Each host shows the same eight to its root, who compares them: no
              host believes the desk for it.
            </Step>
            <Step number={3}>Whoever comes next is added by a list that you have signed.</Step>
          </ol>
        </section>
      </div>
    </Layout>
  );
}

function Step({ children, number }: { readonly number: number; readonly children?: Child }) {
  return (
    <li>
      <b>{number}</b>
      <div>{children}</div>
    </li>
  );
}

function CreateForm({
  form,
  frame,
}: {
  readonly form: NonNullable<PasskeyShown["form"]>;
  readonly frame: Frame;
}) {
  return (
    <section class="card" aria-labelledby="create">
      <h2 id="create">Create your passkey</h2>
      <PasskeyForm
        action="/passkey"
        kind="create"
        token={form.token}
        options={form.options}
        says="Create your passkey"
        ready="with your finger, face or screen lock"
        looks={{ button: "btn full yes" }}
      >
        <label for="name">Name of this passkey</label>
        <input
          type="text"
          id="name"
          name="name"
          required
          maxlength={PASSKEY_NAME_CHARS_MAX}
          autocomplete="off"
          aria-describedby="such-as"
        />
        <p class="small soft" id="such-as">
          Such as <Exact text={`${frame.name}'s ${frame.signIn.deviceName}`} />: by it others know whose yes
          they see.
        </p>
      </PasskeyForm>
    </section>
  );
}

function WhoMayApprove(shown: PasskeyShown & { readonly trust: KnownTrust }) {
  const { frame, names, trust } = shown;
  const { approvers } = trust.trust;
  const nameOf = (person: string) => names.get(person) ?? person;
  return (
    <Layout title="Who may approve" frame={frame} path="/passkey">
      <div>
        <h1>{titleOf(approvers.length)}</h1>
        <Yours {...shown} nameOf={nameOf} />
      </div>
      <div class="split">
        <div>
          <ComparedCard trust={trust} />
          <LevelsCard trust={trust} />
        </div>
        <div>
          {approvers.map((approver) => (
            <ApproverCard approver={approver} name={nameOf(approver.person)} />
          ))}
          <NextVersionCard trust={trust} nameOf={nameOf} />
        </div>
      </div>
    </Layout>
  );
}

function titleOf(count: number): string {
  return count === 1 ? "One person may approve" : `${count} people may approve`;
}

function Yours(
  props: PasskeyShown & { readonly trust: KnownTrust; readonly nameOf: (person: string) => string },
) {
  const { frame, trust } = props;
  const { approvers } = trust.trust;
  const own = approvers.find(({ person }) => person === frame.signIn.responder);
  if (own !== undefined)
    return (
      <p class="lead">
        {approvers.length === 1 ? "It is you" : "You are one of them"}, by{" "}
        <Exact text={listedNames(own.credentials.map(({ name }) => name))} />.
      </p>
    );
  return (
    <p class="lead" data-says="not-an-approver">
      {approvers.length === 1 ? "It is not you" : "You are not one of them"}: you can deny, take and ask, and
      nothing that you approve would run where a person must sign.
    </p>
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

function LevelsCard({ trust }: { readonly trust: KnownTrust }) {
  return (
    <section class="card" aria-labelledby="levels">
      <h2 id="levels">What each level needs</h2>
      <ul class="list">
        {levelLines(trust.trust.levels).map(({ acts, demands, levels }) => (
          <li>
            <b>
              {levels}: {acts}
            </b>
            <br />
            {demands}
          </li>
        ))}
      </ul>
      <p class="small soft">A host's own root may ask for more, never for less.</p>
    </section>
  );
}

function ApproverCard({ approver, name }: { readonly approver: Approver; readonly name: string }) {
  return (
    <section class="card" aria-label={name}>
      <h2>
        <Exact text={name} />
      </h2>
      <ul class="list">
        {approver.credentials.map((credential) => (
          <li class="row">
            <Exact text={credential.name} />
            <State kind={credential.isSynced ? "todo" : "done"}>
              {credential.isSynced ? "copied between their devices" : "stays on its device"}
            </State>
          </li>
        ))}
      </ul>
    </section>
  );
}

function NextVersionCard(props: { readonly trust: KnownTrust; readonly nameOf: (person: string) => string }) {
  const { approvers, threshold } = props.trust.trust;
  const people = approvers.map(({ person }) => props.nameOf(person));
  const who = threshold === people.length ? listedNames(people) : `${threshold} of ${listedNames(people)}`;
  return (
    <section class="card" aria-labelledby="next">
      <h2 id="next">How this list changes</h2>
      <p>
        By its next version, signed by <Exact text={who} />. The desk cannot add anybody by itself.
      </p>
    </section>
  );
}
