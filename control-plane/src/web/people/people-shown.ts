// Puts together what the view of people shows, from the rules, the desk's word on each way, and who is signed in. Pure but
// for the tokens of its forms, which are asked for.
import { namedAt } from "@countersign/shared/values/named";
import type { Approver } from "@countersign/shared/wire/fleet-trust";
import { unansweredOf } from "../../channels/any-channel.ts";
import type { ChannelReach, Reach } from "../../core/desk/paging/reach.ts";
import { type Role, rolesOf } from "../../core/words/roles.ts";
import type { PasskeyUse } from "../../platform/approvers-rpc.ts";
import type { ListedSignIn, SignIn } from "../../platform/sign-in-shapes.ts";
import type { Policy } from "../../policy/policy.ts";
import { wayOf } from "../../policy/ways.ts";
import type { CsrfPurpose } from "../frame/csrf.ts";
import type { PeopleShown } from "./people-view.tsx";
import { personNameIn, type WayHere, wayName } from "./people-words.ts";
import type { ShownDevice, ShownPerson } from "./person-card.tsx";
import { type ShownWay, WAYS_SHOWN_MAX } from "./ways.tsx";

/** Who reads and who is on call first are shown before all others. */
export const PEOPLE_SHOWN_MAX = 40;

/** What it is made of. */
export interface PeopleKnown {
  readonly policy: Policy;
  /** where providers reach this desk; null: nowhere that is known */
  readonly publicUrl: string | null;
  readonly rules: PeopleShown["rules"];
  readonly reach: Reach;
  /** of everybody */
  readonly signIns: readonly ListedSignIn[];
  readonly reader: Pick<SignIn, "responder" | "signInId"> & { readonly roles: readonly Role[] };
  /** who may approve: people of the newest list, and when their passkeys signed last */
  readonly approvers: readonly Approver[];
  readonly uses: readonly PasskeyUse[];
  readonly tokenOf: (purpose: CsrfPurpose, subject: string) => Promise<string>;
  readonly newTestId: () => string;
}

/** All that the view shows. */
export async function peopleShownOf(known: PeopleKnown): Promise<PeopleShown> {
  const { policy, reach, rules, tokenOf } = known;
  const everybody = inOrder(known);
  return {
    policy,
    rules,
    ways: await Promise.all(reach.channels.slice(0, WAYS_SHOWN_MAX).map((way) => shownWayOf(known, way))),
    hiddenWayCount: Math.max(0, reach.channels.length - WAYS_SHOWN_MAX),
    people: await Promise.all(everybody.slice(0, PEOPLE_SHOWN_MAX).map((one) => personOf(known, one))),
    hiddenPersonCount: Math.max(0, everybody.length - PEOPLE_SHOWN_MAX),
    own: {
      anotherDevice: await tokenOf("sign-in-device", ""),
      endOthers: await tokenOf("end-other-sign-ins", ""),
    },
  };
}

/** The subject of the form that sends a test page. */
export function testSubjectOf(responder: string, channel: string): string {
  return `${responder}/${channel}`;
}

type Responder = Policy["responders"][number];

async function shownWayOf(known: PeopleKnown, way: Reach["channels"][number]): Promise<ShownWay> {
  const { newTestId, policy, reach, tokenOf } = known;
  const { channel, responder } = way;
  const theirs = reach.channels.filter((one) => one.responder === responder);
  return {
    way,
    can: wayHereOf(known, way),
    person: personNameIn(policy, responder),
    isLastHope: theirs[0] === way && theirs.every(({ state }) => state === "broken"),
    test: canBeTried(way)
      ? {
          token: await tokenOf("send-test-page", testSubjectOf(responder, channel)),
          testId: newTestId(),
        }
      : null,
  };
}

function wayHereOf({ policy, publicUrl }: PeopleKnown, { channel, unheard }: ChannelReach): WayHere | null {
  const [way, settings] = [wayOf(policy, channel), namedAt(policy.channels, channel)];
  if (way === null || settings === undefined) return null;
  const { acknowledges, name, wakes } = way;
  return { acknowledges, name, wakes, unanswered: unansweredOf(settings, publicUrl) ?? unheard ?? null };
}

async function personOf(known: PeopleKnown, { channels, id, name }: Responder): Promise<ShownPerson> {
  const { policy, reach, reader } = known;
  const signIns = known.signIns.filter(({ responder }) => responder === id);
  const isReader = id === reader.responder;
  const workingWays = channels
    .filter((channel) =>
      reach.channels.some((way) => way.responder === id && way.channel === channel && canBeTried(way)),
    )
    .map((channel) => wayName({ channel, kind: namedAt(policy.channels, channel)?.kind ?? "" }));
  const passkeys = known.approvers.find(({ person }) => person === id)?.credentials ?? [];
  return {
    responder: id,
    name,
    isReader,
    afterMs: reach.onCall.find(({ responder }) => responder === id)?.afterMs ?? null,
    workingWays,
    drill: reach.drills.find(({ responder }) => responder === id) ?? null,
    devices: await Promise.all(signIns.map((signIn) => deviceOf(known, signIn, isReader))),
    roles: rolesOf(policy, id),
    passkeys,
    uses: known.uses.filter(({ credentialId }) =>
      passkeys.some((each) => each.credentialId === credentialId),
    ),
    ...(signIns.length > 0 || !reader.roles.includes("administer")
      ? { invite: null, inviteHere: null }
      : await invitesOf(known, { channels, id, hasPasskey: passkeys.length > 0 })),
  };
}

/** A link that is sent; and one that is shown, for who has nothing yet by which they are here. */
async function invitesOf(
  known: PeopleKnown,
  { hasPasskey, ...person }: Pick<Responder, "channels" | "id"> & { readonly hasPasskey: boolean },
): Promise<Pick<ShownPerson, "invite" | "inviteHere">> {
  const { tokenOf } = known;
  const way = inviteWayOf(known, person);
  return {
    invite:
      way === null
        ? null
        : { token: await tokenOf("invite", person.id), way: wayName(way), state: way.state },
    inviteHere: hasPasskey ? null : await tokenOf("invite-here", person.id),
  };
}

/** A link goes by the first of a person's ways that takes it: one that works, else the least bad that can be tried. */
function inviteWayOf(
  { reach }: PeopleKnown,
  { channels, id }: Pick<Responder, "channels" | "id">,
): ChannelReach | null {
  const ways = channels
    .flatMap((channel) => reach.channels.filter((way) => way.responder === id && way.channel === channel))
    .filter(canBeTried);
  const order = ["works", "pending", "never-tried", "broken"] as const;
  return ways.toSorted((left, right) => order.indexOf(left.state) - order.indexOf(right.state))[0] ?? null;
}

/** One that takes nothing at the moment may take the next: a test page is how that is found out. */
function canBeTried({ brokenSinceAt, problem }: ChannelReach): boolean {
  return problem === undefined || brokenSinceAt !== undefined;
}

async function deviceOf(
  { reader, tokenOf }: PeopleKnown,
  signIn: ListedSignIn,
  isReaders: boolean,
): Promise<ShownDevice> {
  const { signInId } = signIn;
  return {
    signIn,
    isThis: signInId === reader.signInId,
    endToken: isReaders ? await tokenOf("end-sign-in", signInId) : null,
  };
}

/** Who reads it first, then as they are paged, then who is paged in no step. */
function inOrder({ policy, reach, reader }: PeopleKnown): readonly Responder[] {
  const onCall = reach.onCall.map(({ responder }) => responder);
  const placeOf = ({ id }: Responder) => {
    if (id === reader.responder) return -1;
    const place = onCall.indexOf(id);
    return place === -1 ? onCall.length : place;
  };
  return policy.responders.toSorted((left, right) => placeOf(left) - placeOf(right));
}
