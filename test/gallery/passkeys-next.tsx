// Next lists before they are signed, for each kind of change, and changes that nobody could sign.
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { trustHashOf } from "@countersign/shared/wire/fleet-trust";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import type { ApproversNow } from "../../control-plane/src/platform/approvers-rpc.ts";
import { type NextList, nextListOf } from "../../control-plane/src/web/passkeys/next-asked.ts";
import { NextView } from "../../control-plane/src/web/passkeys/next-view.tsx";
import { NoNextView } from "../../control-plane/src/web/passkeys/no-next-view.tsx";
import { ownPasskeys } from "../../control-plane/src/web/signing/own-passkeys.ts";
import { candidate, draftAfter, NAMES, PARTY, passkey, THREE, trustOf } from "./passkeys.tsx";
import { ALICE, type ShownState } from "./shown-state.ts";

const DANA = candidate("dana", "Dana's Pixel");
const ALONE = trustOf();
const DRAFT = draftAfter(THREE, { threshold: 3 }, ["ben"]);
const KNOWN: Pick<ApproversNow, "candidates" | "drafts"> = { candidates: [DANA], drafts: [DRAFT] };

interface Given {
  readonly newest?: KnownTrust;
  readonly known?: typeof KNOWN;
  readonly frame?: typeof ALICE;
  readonly where?: Parameters<typeof ownPasskeys>[0]["where"];
}

function state(name: string, query: string, given: Given = {}): ShownState {
  const { frame = ALICE, known = KNOWN, newest = THREE, where = { kind: "here", party: PARTY } } = given;
  const next = nextListOf(new URLSearchParams(query), newest, known);
  return {
    name: `passkey-next-${name}`,
    path: "/passkey",
    view: next.ok ? (
      review(next.value, {
        newest,
        frame,
        asked: query,
        own: ownPasskeys({ trust: newest, where }, frame.signIn.responder),
      })
    ) : (
      <NoNextView frame={frame} why={next.error} trust={newest} />
    ),
  };
}

function review(
  next: NextList,
  given: {
    readonly newest: KnownTrust;
    readonly frame: typeof ALICE;
    readonly asked: string;
    readonly own: ReturnType<typeof ownPasskeys>;
  },
) {
  const hashOf = (person: string, { name }: { readonly name: string }) =>
    trustHashOf(encodeUtf8(`${person} ${name}`));
  return <NextView {...given} next={next} token="a-token" names={NAMES} hashOf={hashOf} />;
}

const idOf = (name: string) => passkey(name).credentialId;
const DANAS_FRAME = { ...ALICE, name: "Dana", signIn: { ...ALICE.signIn, responder: "dana" } };

export const states: readonly ShownState[] = [
  state("second-person", `add=${DANA.credential.credentialId}`, { newest: ALONE }),
  state("add-of-three", `add=${DANA.credential.credentialId}`),
  state("remove-own", `remove=${idOf("Alice's Pixel 9")}`),
  state("remove-person", "removePerson=omar&threshold=1"),
  state("down-to-one", "removePerson=omar&removePerson=ben&threshold=1&level5=1"),
  state("levels", "threshold=3&level4=2,not-asker&level5=3,device-bound&level2=closed"),
  state("draft", `draft=${DRAFT.hash}`),
  state("draft-signed", `draft=${DRAFT.hash}`, {
    frame: { ...ALICE, name: "Ben", signIn: { ...ALICE.signIn, responder: "ben" } },
  }),
  state("draft-stranger", `draft=${DRAFT.hash}`, { frame: DANAS_FRAME }),
  state("elsewhere", "threshold=1", {
    where: { kind: "elsewhere", origin: "http://localhost:8787", openedAt: "127.0.0.1:8787" },
  }),
  state("same", "threshold=2&level4=1"),
  state("nobody-left", `remove=${idOf("Alice's Pixel 9")}`, { newest: ALONE }),
  state("too-few", "removePerson=omar&removePerson=ben"),
  state("gone", "add=AAAA"),
  state("unreadable", "level4=desk"),
];
