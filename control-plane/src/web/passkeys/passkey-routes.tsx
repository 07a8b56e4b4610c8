// Who may approve: the name that passkeys belong to, the fleet's first passkey and every later one, made in the browser by a form of a signed-in
// person and read here. Opening the view makes nothing; a passkey that is offered waits until people of the list have signed it in (next-routes.tsx).
import type { Context } from "hono";
import { refuse, type Result } from "@countersign/shared/values/result";
import { policyNow } from "../../http/policy-now.ts";
import { trustOf } from "../../http/trust-now.ts";
import type { ApproversNow, TrustAct, TrustActRefusal, TrustDone } from "../../platform/approvers-rpc.ts";
import { countIn } from "../frame/fields.ts";
import type { ActBound, ViewBound } from "../frame/people-bound.ts";
import { otherAct, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, sendView } from "../frame/respond.tsx";
import { whereToSign, type WhereToSign } from "../signing/where-to-sign.ts";
import { type Creating, PASSKEY_NAME_CHARS_MAX } from "./create-form.tsx";
import { creationOptionsOf, readRegistration } from "./first-passkey.ts";
import type { PasskeyShown } from "./passkey-shown.ts";
import { PasskeyView } from "./passkey-view.tsx";

const VERSION_MAX = 1_000_000;

export const passkeyRoutes: readonly PeopleRoute[] = [
  view("/passkey", async (c) => sendView(c, <PasskeyView {...await passkeyShownOf(c)} />)),

  otherAct("/passkey/domain", {
    purpose: "choose-domain",
    needs: "approve",
    subject: () => "",
    backPath: () => "/passkey",
    perform: (c) => trustActAs(c, { kind: "choose-domain", rpId: c.var.form.get("domain") ?? "" }),
  }),

  otherAct("/passkey", {
    purpose: "create-passkey",
    needs: "approve",
    subject: () => "",
    backPath: () => "/passkey",
    perform: async (c) => {
      const { form, reads, visitor } = c.var;
      const name = (form.get("name") ?? "").trim().slice(0, PASSKEY_NAME_CHARS_MAX);
      const made = form.get("registration") ?? "";
      if (made === "") return refuse({ reason: "registration-missing" } as const);
      if (name === "") return refuse({ reason: "passkey-unnamed" } as const);
      const { party } = await reads.desk.trustNow();
      if (party === null) return refuse({ reason: "party-missing" } as const);
      const read = await readRegistration(made, { party, token: form.get("csrf") ?? "", name });
      if (!read.ok) return read;
      const { deviceName } = visitor.signIn;
      return trustActAs(c, { kind: "offer-passkey", credential: read.value, deviceName });
    },
  }),

  // By its own person, or by who may administer: the desk knows whose it is.
  otherAct("/passkey/withdraw/:id", {
    purpose: "withdraw-passkey",
    needs: "look",
    subject: (c) => c.req.param("id"),
    backPath: () => "/passkey",
    perform: (c) => trustActAs(c, { kind: "withdraw-passkey", credentialId: c.req.param("id") }),
  }),

  otherAct("/passkey/drop/:hash", {
    purpose: "drop-draft",
    needs: "look",
    subject: (c) => c.req.param("hash"),
    backPath: () => "/passkey",
    perform: (c) => trustActAs(c, { kind: "drop-draft", hash: c.req.param("hash") }),
  }),
];

/** Has the desk do what the person at this device asks for. */
export function trustActAs(
  { var: { desk, visitor } }: { readonly var: Pick<ActBound["Variables"], "desk" | "visitor"> },
  act: TrustAct,
): Promise<Result<TrustDone, TrustActRefusal>> {
  const { deviceId, responder } = visitor.signIn;
  return desk.trustAct(act, { kind: "person", responder, deviceId });
}

async function passkeyShownOf(c: Context<ViewBound>): Promise<PasskeyShown> {
  const { frame, reads } = c.var;
  const [{ party, trust }, approversNow, policy] = await Promise.all([
    trustOf(reads.desk),
    reads.desk.approversNow(),
    policyNow(reads.desk, c.env.POLICY),
  ]);
  const where = whereToSign(party, c.req.url, c.env.PUBLIC_URL);
  const isUnchosen = trust === null && approversNow.domains.length > 0;
  const mayChoose = frame.roles.includes("approve");
  return {
    frame,
    trust,
    where,
    approversNow,
    choosing: isUnchosen && mayChoose ? await tokenFor(c, "choose-domain", "") : null,
    form: await creatingFor(
      c,
      where,
      knownOf(trust?.trust.approvers ?? [], approversNow, frame.signIn.responder),
    ),
    names: new Map(policy?.responders.map(({ id, name }) => [id, name])),
    tokens: new Map(await tokensFor(c, approversNow)),
    inForce: countIn(c.req.query("in-force"), VERSION_MAX),
  };
}

function tokenFor(
  c: Context<ViewBound>,
  purpose: "choose-domain" | "create-passkey" | "withdraw-passkey" | "drop-draft",
  subject: string,
): Promise<string> {
  return csrfTokenOf(c.var.visitor, { purpose, subject });
}

async function creatingFor(
  c: Context<ViewBound>,
  where: WhereToSign,
  known: readonly string[],
): Promise<Creating | null> {
  const { frame } = c.var;
  if (where.kind !== "here" || !frame.roles.includes("approve")) return null;
  const token = await tokenFor(c, "create-passkey", "");
  return { token, options: creationOptionsOf({ party: where.party, token, reader: frame, known }) };
}

/** Credential ids of a person that are in the list, or wait: one device makes one passkey, for a second would take the place of the first. */
function knownOf(
  approvers: readonly {
    readonly person: string;
    readonly credentials: readonly { readonly credentialId: string }[];
  }[],
  { candidates }: ApproversNow,
  person: string,
): readonly string[] {
  const listed = approvers.filter((each) => each.person === person).flatMap(({ credentials }) => credentials);
  const waiting = candidates.filter((each) => each.person === person).map(({ credential }) => credential);
  return [...listed, ...waiting].map(({ credentialId }) => credentialId);
}

/** For what the reader may take back: their own, and everything where they administer. */
function tokensFor(
  c: Context<ViewBound>,
  { candidates, drafts }: ApproversNow,
): Promise<readonly (readonly [string, string])[]> {
  const { responder } = c.var.frame.signIn;
  const mayDropAny = c.var.frame.roles.includes("administer");
  const own = candidates.filter(({ person }) => mayDropAny || person === responder);
  const written = drafts.filter(
    ({ by }) => mayDropAny || (by.kind === "person" && by.responder === responder),
  );
  return Promise.all([
    ...own.map(
      async ({ credential: { credentialId } }) =>
        [credentialId, await tokenFor(c, "withdraw-passkey", credentialId)] as const,
    ),
    ...written.map(async ({ hash }) => [hash, await tokenFor(c, "drop-draft", hash)] as const),
  ]);
}
