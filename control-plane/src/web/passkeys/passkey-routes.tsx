// Who may approve, and the fleet's first passkey: made in the browser by a form of a signed-in person, read here, and taken by the desk only while
// the fleet has no trust. Opening the view makes nothing.
import { ok, refuse } from "@countersign/shared/values/result";
import { policyNow } from "../../http/policy-now.ts";
import { trustOf } from "../../http/trust-now.ts";
import { otherAct, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, sendView } from "../frame/respond.tsx";
import { creationOptionsOf, readRegistration } from "./first-passkey.ts";
import { PASSKEY_NAME_CHARS_MAX, PasskeyView } from "./passkey-view.tsx";
import { whereToSign } from "./where-to-sign.ts";

export const passkeyRoutes: readonly PeopleRoute[] = [
  view("/passkey", async (c) => {
    const { frame, reads, visitor } = c.var;
    const [{ party, trust }, policy] = await Promise.all([
      trustOf(reads.desk),
      policyNow(reads.desk, c.env.POLICY),
    ]);
    const where = whereToSign(party, c.req.url);
    const token = await csrfTokenOf(visitor, { purpose: "create-passkey", subject: "" });
    const form =
      trust === null && where.kind === "here"
        ? { token, options: creationOptionsOf({ party: where.party, token, reader: frame }) }
        : null;
    const names = new Map(policy?.responders.map(({ id, name }) => [id, name]));
    return sendView(c, <PasskeyView {...{ frame, trust, where, form, names }} />);
  }),

  otherAct("/passkey", {
    purpose: "create-passkey",
    needs: "approve",
    subject: () => "",
    backPath: () => "/passkey",
    perform: async (c) => {
      const { desk, form, visitor } = c.var;
      const name = (form.get("name") ?? "").trim().slice(0, PASSKEY_NAME_CHARS_MAX);
      const made = form.get("registration") ?? "";
      if (made === "") return refuse({ reason: "registration-missing" } as const);
      if (name === "") return refuse({ reason: "passkey-unnamed" } as const);
      const { party } = await desk.trustNow();
      if (party === null) return refuse({ reason: "party-missing" } as const);
      const read = await readRegistration(made, { party, token: form.get("csrf") ?? "", name });
      if (!read.ok) return read;
      const { deviceId, responder } = visitor.signIn;
      const taken = await desk.takeFirstPasskey({
        credential: read.value,
        by: { kind: "person", responder, deviceId },
      });
      return taken.ok ? ok(null) : taken;
    },
  }),
];
