// The review of a next list, and one person's signature under it. What is signed is composed here, again when the form comes, from what it asked for:
// bytes that a browser sends are never believed, and what has changed meanwhile is not what was read.
import type { Context } from "hono";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { ok, refuse } from "@countersign/shared/values/result";
import type { Credential } from "@countersign/shared/wire/assertion";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { candidateHashOf } from "../../core/words/candidate-hash.ts";
import { policyNow } from "../../http/policy-now.ts";
import { trustOf } from "../../http/trust-now.ts";
import { assertionIn } from "../frame/gesture.ts";
import type { ViewBound } from "../frame/people-bound.ts";
import { otherAct, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, seeOther, sendView } from "../frame/respond.tsx";
import { ownPasskeys } from "../signing/own-passkeys.ts";
import { whereToSign } from "../signing/where-to-sign.ts";
import { type NextList, nextListOf } from "./next-asked.ts";
import { NextView } from "./next-view.tsx";
import { NoNextView } from "./no-next-view.tsx";
import { trustActAs } from "./passkey-routes.tsx";

/** Longest address of a review that is read. */
const ASKED_CHARS_MAX = 4_000;

export const nextRoutes: readonly PeopleRoute[] = [
  view("/passkey/next", async (c) => {
    const { frame, reads } = c.var;
    const [{ trust }, approversNow] = await Promise.all([trustOf(reads.desk), reads.desk.approversNow()]);
    if (trust === null) return seeOther(c, "/passkey");
    const asked = askedIn(new URL(c.req.url).search);
    const next = nextListOf(asked, trust, approversNow);
    if (!next.ok) return sendView(c, <NoNextView frame={frame} why={next.error} trust={trust} />);
    return showNext(c, { newest: trust, next: next.value, asked: asked.toString() });
  }),

  otherAct("/passkey/next", {
    purpose: "sign-trust",
    needs: "approve",
    subject: () => "",
    backPath: () => "/passkey",
    perform: async (c) => {
      const { form, reads } = c.var;
      const [{ trust }, approversNow] = await Promise.all([trustOf(reads.desk), reads.desk.approversNow()]);
      if (trust === null) return refuse({ reason: "trust-missing" } as const);
      const next = nextListOf(askedIn(form.get("asked") ?? ""), trust, approversNow);
      if (!next.ok || next.value.hash !== c.var.proposalHash)
        return refuse({ reason: "next-moved" } as const);
      const assertion = assertionIn(form);
      if (assertion === null) return refuse({ reason: "passkey-wrong" } as const);
      const signed = await trustActAs(c, {
        kind: "sign-trust",
        text: encodeBase64(next.value.bytes),
        assertion,
      });
      if (!signed.ok) return signed;
      const { published } = signed.value;
      return ok(seeOther(c, published === null ? "/passkey" : `/passkey?in-force=${published.version}`));
    },
  }),
];

function askedIn(text: string): URLSearchParams {
  return new URLSearchParams(text.length > ASKED_CHARS_MAX ? "" : text);
}

async function showNext(
  c: Context<ViewBound>,
  shown: { readonly newest: KnownTrust; readonly next: NextList; readonly asked: string },
): Promise<Response> {
  const { frame, reads, visitor } = c.var;
  const [{ party }, policy] = await Promise.all([trustOf(reads.desk), policyNow(reads.desk, c.env.POLICY)]);
  const where = whereToSign(party, c.req.url, c.env.PUBLIC_URL);
  const own = ownPasskeys({ trust: shown.newest, where }, frame.signIn.responder);
  const token = await csrfTokenOf(visitor, {
    purpose: "sign-trust",
    subject: "",
    proposalHash: shown.next.hash,
  });
  const names = new Map(policy?.responders.map(({ id, name }) => [id, name]));
  const hashOf = (person: string, credential: Credential) => candidateHashOf({ person, credential });
  return sendView(c, <NextView {...{ ...shown, frame, own, token, names, hashOf }} />);
}
