// A question that people must sign: by two of them, by others than its reader, and where its reader cannot; and one that nobody has to.
import { DESK_ALONE, type LevelRule } from "@countersign/shared/wire/level-rule";
import type { Asker } from "@countersign/shared/wire/proposal";
import type { Approval } from "../../control-plane/src/core/desk/records/approval.ts";
import { ConfirmView } from "../../control-plane/src/web/approvals/signing/confirm-view.tsx";
import { PARTY, passkey, THREE, trustOf } from "./passkeys.tsx";
import {
  approvalOf,
  healthOf,
  outcomeOf,
  PROPOSAL,
  RAN,
  serviceOf,
  shownOf,
  signatureOf,
  state,
  TOKENS,
} from "./records/approval-night.tsx";
import { ALICE, NOW, SECOND_MS, type ShownState } from "./shown-state.ts";

const HERE = { kind: "here", party: PARTY } as const;
const TWO: LevelRule = {
  schemes: ["ed25519", "webauthn"],
  people: 2,
  mayAskerSign: false,
  credentials: "any",
};
const OMARS = signatureOf("omar", passkey("Omar's iPhone", true), NOW - 12 * SECOND_MS);
const ALICES = signatureOf("alice", passkey("Alice's Pixel 9", true), NOW - 4 * SECOND_MS);
const BY_ALICE: Asker = { kind: "person", person: "alice" };

function asked(
  requires: LevelRule,
  given: Partial<Approval> = {},
  askedBy: Asker = PROPOSAL.askedBy,
): Approval {
  const reason = askedBy.kind === "rule" ? PROPOSAL.reason : "the certificate is new";
  return approvalOf({ ...given, proposal: { ...PROPOSAL, requires, askedBy, reason } });
}

const passkeys = { trust: THREE, where: HERE };

export const states: readonly ShownState[] = [
  state("sign-two", { passkeys, approval: asked(TWO) }),
  state("sign-second", { passkeys, approval: asked(TWO, { signatures: [OMARS] }) }),
  state("sign-others", { passkeys, approval: asked(TWO, { signatures: [ALICES] }) }),
  state("sign-asker", {
    passkeys,
    approval: asked(
      TWO,
      { askedBy: { kind: "person", responder: "alice", why: "x", incidentId: "inc_nginx" } },
      BY_ALICE,
    ),
  }),
  state("sign-too-few", { passkeys: { trust: trustOf(), where: HERE }, approval: asked(TWO) }),
  state("sign-device-bound", {
    passkeys: {
      trust: trustOf({
        approvers: [
          { person: "alice", credentials: [passkey("Alice's Pixel 9", true)] },
          { person: "ben", credentials: [passkey("Ben's laptop")] },
        ],
      }),
      where: HERE,
    },
    approval: asked({ ...TWO, people: 1, credentials: "device-bound" }),
  }),
  state("sign-no-passkey", {
    passkeys: {
      trust: trustOf({ approvers: [{ person: "omar", credentials: [passkey("Omar's iPhone", true)] }] }),
      where: HERE,
    },
  }),
  state("sign-no-trust", { passkeys: { trust: null, where: HERE } }),
  state("sign-elsewhere", {
    passkeys: {
      trust: trustOf(),
      where: { kind: "elsewhere", origin: "http://localhost:8787", openedAt: "127.0.0.1:8787" },
    },
  }),
  state("sign-protected", { approval: approvalOf({ proposal: { ...PROPOSAL, isProtected: true } }) }),
  {
    name: "approval-confirm",
    path: "/approvals/apr_nginx/confirm",
    view: (
      <ConfirmView
        shown={shownOf({ approval: approvalOf({ proposal: { ...PROPOSAL, isProtected: true } }) })}
        token={TOKENS.approve}
      />
    ),
  },
  state("sign-not-yours", { frame: { ...ALICE, roles: ["look", "answer"] } }),
  state("sign-only-looks", { frame: { ...ALICE, roles: ["look"] } }),
  state("sign-nobody", { approval: asked(DESK_ALONE) }),
  state("signed-by-two", {
    passkeys,
    approval: asked(TWO, {
      ...RAN,
      signatures: [OMARS, ALICES],
      outcome: outcomeOf({
        signers: [
          { scheme: "ed25519", keyId: "desk-1" },
          { scheme: "webauthn", person: "omar", credentialId: OMARS.credentialId, counter: 0 },
          {
            scheme: "webauthn",
            person: "alice",
            credentialId: ALICES.credentialId,
            counter: 3,
            counterBefore: 9,
          },
        ],
      }),
    }),
    health: healthOf({ service: serviceOf() }),
  }),
];
