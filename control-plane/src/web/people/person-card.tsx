// One person: whether they are on call, on which devices they can answer, and what keeps them from answering. Pure. Who is
// signed in on a lost device ends that sign-in here; those of others are theirs, or the operator's, to end.
import type { Credential } from "@countersign/shared/wire/assertion";
import type { ChannelReach, DrillReach } from "../../core/desk/paging/reach.ts";
import type { Role } from "../../core/words/roles.ts";
import type { PasskeyUse } from "../../platform/approvers-rpc.ts";
import type { ListedSignIn } from "../../platform/sign-in-shapes.ts";
import { Icon } from "../look/icons.tsx";
import { Exact } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import { PasskeyFacts } from "../passkeys/approver-card.tsx";
import { DrillLine } from "./drill-line.tsx";
import { rolesSentence } from "./role-words.ts";

/** Unused for so long a device is worth a look. */
const LONG_UNUSED_MS = 7 * 24 * 3_600_000;

/** What a person's card shows. */
export interface ShownPerson {
  readonly responder: string;
  readonly name: string;
  readonly isReader: boolean;
  /** when they are paged first, if nobody answers; null: no step names them */
  readonly afterMs: number | null;
  /** ways by which they can be paged, as they are called; empty: none can work */
  readonly workingWays: readonly string[];
  /** how the way to them was drilled last; null: the rules want no drills of it */
  readonly drill: DrillReach | null;
  readonly devices: readonly ShownDevice[];
  /** what the rules let them do */
  readonly roles: readonly Role[];
  /** by which they may approve on hosts; empty: they are not in the list */
  readonly passkeys: readonly Credential[];
  readonly uses: readonly PasskeyUse[];
  /** for who has no device; null: no link can be sent, or not by the reader */
  readonly invite: Invite | null;
  /** token of the form that shows a code here; null: not for them, or not by the reader */
  readonly inviteHere: string | null;
}

/** How a link would reach somebody: by a way of theirs, and by nothing else. */
export interface Invite {
  readonly token: string;
  readonly way: string;
  /** what is known of it; `pending`: a page by it is on its way */
  readonly state: ChannelReach["state"];
}

export interface ShownDevice {
  readonly signIn: ListedSignIn;
  readonly isThis: boolean;
  /** null: it is not the reader's to sign out */
  readonly endToken: string | null;
}

/** Tokens of the reader's own forms. */
export interface OwnTokens {
  readonly anotherDevice: string;
  readonly endOthers: string;
}

/** A person of the rules. */
export function PersonCard(props: {
  readonly person: ShownPerson;
  readonly own: OwnTokens;
  readonly now: number;
}) {
  const { now, own, person } = props;
  const { devices, isReader, name, responder } = person;
  const isWanting = devices.length === 0 || person.workingWays.length === 0;
  const id = `person-${responder}`;
  return (
    <section class={isWanting ? "card wt" : "card"} aria-labelledby={id}>
      <div class="row">
        <h2 id={id}>
          {name} {isReader && <span class="soft">(you)</span>}
        </h2>
        <Duty person={person} />
      </div>
      <p class="small soft">{rolesSentence(person.roles)}</p>
      {person.workingWays.length === 0 && (
        <p>
          <State kind="warning">no way to wake {name} can work</State>
        </p>
      )}
      {devices.length === 0 && <NoDevice person={person} />}
      {person.drill !== null && <DrillLine drill={person.drill} now={now} />}
      <ul class="list">
        {devices.map((device) => (
          <Device device={device} person={person} now={now} />
        ))}
      </ul>
      {person.passkeys.length > 0 && <Passkeys person={person} now={now} />}
      {isReader && <OwnForms devices={devices} own={own} />}
    </section>
  );
}

function Duty({ person: { afterMs } }: { readonly person: ShownPerson }) {
  if (afterMs === null) return <span class="small soft">paged in no step</span>;
  if (afterMs > 0) return <span class="small soft">after {spanOf(afterMs)}</span>;
  return (
    <span class="st small">
      <Icon name="ring" />
      on call now
    </span>
  );
}

function NoDevice({ person }: { readonly person: ShownPerson }) {
  const { invite, inviteHere, name, responder } = person;
  return (
    <>
      <p>
        <State kind="warning">no device</State>
      </p>
      <p>{name} is in the rules, but signed in nowhere: even when woken, they could not answer here.</p>
      {invite !== null && (
        <form method="post" action={`/people/${encodeURIComponent(responder)}/invite`}>
          <input type="hidden" name="csrf" value={invite.token} />
          <button class="btn plain">Send {name} a link</button>
          <p class="small soft">
            Sends {name} a sign-in link by {invite.way}: good once, for an hour.
          </p>
          <InviteRisk invite={invite} name={name} />
        </form>
      )}
      {inviteHere !== null && (
        <form method="post" action={`/people/${encodeURIComponent(responder)}/invite-here`}>
          <input type="hidden" name="csrf" value={inviteHere} />
          <button class="btn plain">Show a code for {name} here</button>
          <p class="small soft">
            For when {name} stands beside you: their camera reads it from this screen. Good once, for an hour.
          </p>
        </form>
      )}
    </>
  );
}

/** A link is shown to nobody but its person: where no way of theirs carries it, one is mended first. */
function InviteRisk({ invite: { state, way }, name }: { readonly invite: Invite; readonly name: string }) {
  switch (state) {
    case "works":
    case "pending":
      return null;
    case "broken":
      return (
        <p class="small" data-risk="broken">
          <State kind="warning">
            The last page by {way} was refused: the invitation will likely fail too.
          </State>{" "}
          A link goes by {name}'s own ways alone: mend {way} in the rules, and see by a test page that it
          works.
        </p>
      );
    case "never-tried":
      return (
        <p class="small" data-risk="never-tried">
          <State kind="unproven">{way} was never tried</State>: send a test page by it first, or ask {name}{" "}
          whether the link came.
        </p>
      );
  }
}

function Device(props: { readonly device: ShownDevice; readonly person: ShownPerson; readonly now: number }) {
  const { device, now, person } = props;
  const { deviceName, openedAt, signInId, usedAt } = device.signIn;
  const isLongUnused = !device.isThis && now - usedAt > LONG_UNUSED_MS;
  return (
    <li class="row nw">
      <div>
        <b>
          <Exact text={deviceName} />
        </b>
        <p class={isLongUnused ? "small warn" : "small soft"}>
          {device.isThis ? (
            <>
              this device, signed in <Age at={openedAt} now={now} />
            </>
          ) : (
            <>
              last used <Age at={usedAt} now={now} />
            </>
          )}
        </p>
      </div>
      {device.isThis && <span class="small soft">in use</span>}
      {!device.isThis && device.endToken !== null && (
        <form class="inline" method="post" action={`/people/sign-ins/end/${encodeURIComponent(signInId)}`}>
          <input type="hidden" name="csrf" value={device.endToken} />
          <button class="btn plain" aria-label={`Sign out ${deviceName} of ${person.name}`}>
            Sign out
          </button>
        </form>
      )}
    </li>
  );
}

function Passkeys({ now, person }: { readonly person: ShownPerson; readonly now: number }) {
  const { passkeys, uses } = person;
  return (
    <>
      <h3>{passkeys.length === 1 ? "Approves by this passkey" : "Approves by these passkeys"}</h3>
      <ul class="list">
        {passkeys.map((credential) => (
          <li>
            <b>
              <Exact text={credential.name} />
            </b>
            <p class="small soft">
              <PasskeyFacts credential={credential} uses={uses} now={now} />
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

function OwnForms({ devices, own }: { readonly devices: readonly ShownDevice[]; readonly own: OwnTokens }) {
  return (
    <>
      <form method="post" action="/people/device">
        <input type="hidden" name="csrf" value={own.anotherDevice} />
        <button class="btn plain">Sign in another device</button>
        <p class="small soft">Shows a code for its camera: good once, for 10 minutes.</p>
      </form>
      {devices.length > 1 && (
        <form method="post" action="/people/sign-ins/end-others">
          <input type="hidden" name="csrf" value={own.endOthers} />
          <button class="btn plain">Sign out all my other devices</button>
        </form>
      )}
    </>
  );
}
