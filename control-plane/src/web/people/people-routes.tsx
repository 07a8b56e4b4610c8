// People: who is woken when and by which ways, test pages, and the devices by which they answer: one more of one's own,
// signing one's own out, a link for who has none. What others' devices do is theirs, or the operator's, to end
// (api/answers/sign-ins.ts).
import { TestPageId } from "@countersign/shared/values/ids";
import { ok, refuse } from "@countersign/shared/values/result";
import { byPerson } from "../../core/words/actor.ts";
import { rolesOf } from "../../core/words/roles.ts";
import type { Reads } from "../../http/reads.ts";
import { trustOf } from "../../http/trust-now.ts";
import { clearSignInCookie } from "../../http/visitor.ts";
import { newId } from "../../platform/random-id.ts";
import { loadFirstGood, loadPolicy } from "../../policy/load-policy.ts";
import type { Policy } from "../../policy/policy.ts";
import { parsePublicUrl } from "../../public-url.ts";
import { act, otherAct, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, frameOf, seeOther, sendRefusal, sendView } from "../frame/respond.tsx";
import { DeviceView, InvitedView } from "./device-view.tsx";
import { InviteHereView } from "./invite-here-view.tsx";
import type { RulesInForce } from "./paged-when.tsx";
import { peopleShownOf, testSubjectOf } from "./people-shown.ts";
import { PeopleView } from "./people-view.tsx";
import { actorNameIn, personNameIn } from "./people-words.ts";
import { TestPageView } from "./test-page-view.tsx";

export const peopleRoutes: readonly PeopleRoute[] = [
  view("/people", async (c) => {
    const { frame, reads, visitor } = c.var;
    const [inForce, reach, signIns, { trust }, { uses }] = await Promise.all([
      rulesOf(reads, c.env.POLICY),
      reads.desk.reach(),
      reads.desk.signIns(null),
      trustOf(reads.desk),
      reads.desk.approversNow(),
    ]);
    const publicUrl = parsePublicUrl(c.env.PUBLIC_URL);
    const shown = await peopleShownOf({
      ...inForce,
      publicUrl: publicUrl.ok ? publicUrl.value : null,
      reach,
      signIns,
      approvers: trust?.trust.approvers ?? [],
      uses,
      reader: { ...visitor.signIn, roles: visitor.roles },
      tokenOf: (purpose, subject) => csrfTokenOf(visitor, { purpose, subject }),
      newTestId: () => newId("tst"),
    });
    return sendView(c, <PeopleView frame={frame} shown={shown} />);
  }),

  // Where one's own sign-ins stood before.
  view("/sign-ins", (c) => seeOther(c, "/people")),

  act("/people/:person/test/:channel", {
    kind: "send-test-page",
    subject: (c) => testSubjectOf(c.req.param("person"), c.req.param("channel")),
    backPath: (c) => testPathOf(c.var.form?.get("test") ?? ""),
    says: (c) => {
      const testId = c.var.form.get("test") ?? "";
      if (!TestPageId.safeParse(testId).success) return refuse({ reason: "test-page-unknown" });
      return ok({ testId, responder: c.req.param("person"), channel: c.req.param("channel") });
    },
  }),

  view("/people/tests/:id", async (c) => {
    const { frame, reads, visitor } = c.var;
    const testId = c.req.param("id");
    const [test, { policy }] = await Promise.all([reads.desk.testPage(testId), rulesOf(reads, c.env.POLICY)]);
    if (test === null) return sendRefusal(c, "test-page-unknown", { frame, backPath: "/people" });
    const token = await csrfTokenOf(visitor, { purpose: "confirm-test-page", subject: testId });
    const names = { name: personNameIn(policy, test.responder), askedBy: actorNameIn(policy, test.by) };
    return sendView(c, <TestPageView frame={frame} test={test} {...names} token={token} />);
  }),

  act("/people/tests/:id/got-it", {
    kind: "confirm-test-page",
    subject: (c) => c.req.param("id"),
    backPath: (c) => testPathOf(c.req.param("id")),
    says: (c) => ok({ testId: c.req.param("id") }),
  }),

  otherAct("/people/device", {
    purpose: "sign-in-device",
    needs: "look",
    subject: () => "",
    backPath: () => "/people",
    perform: async (c) => {
      const base = parsePublicUrl(c.env.PUBLIC_URL);
      if (!base.ok) return base;
      const made = await c.var.desk.linkForDevice(c.var.visitor.signIn);
      if (!made.ok) return made;
      const { policy } = await rulesOf(c.var.reads, c.env.POLICY);
      const { expiresAt, token } = made.value;
      const shown = {
        frame: await frameOf(c.var.visitor, null),
        name: personNameIn(policy, c.var.visitor.signIn.responder),
        url: `${base.value}/sign-in/${token}`,
      };
      return ok(await sendView(c, <DeviceView {...shown} expiresAt={expiresAt} />));
    },
  }),

  otherAct("/people/:person/invite", {
    purpose: "invite",
    needs: "administer",
    subject: (c) => c.req.param("person"),
    backPath: () => "/people",
    perform: async (c) => {
      const base = parsePublicUrl(c.env.PUBLIC_URL);
      if (!base.ok) return base;
      const person = c.req.param("person");
      const invited = await c.var.desk.inviteToSignIn(person, byPerson(c.var.visitor.signIn.responder));
      if (!invited.ok) return invited;
      // A link that was not sent to its person is shown to nobody.
      if (invited.value.delivery !== "paged") return refuse({ reason: "no-channel" });
      const frame = await frameOf(c.var.visitor, null);
      const { policy } = await rulesOf(c.var.reads, c.env.POLICY);
      const name = personNameIn(policy, person);
      return ok(await sendView(c, <InvitedView frame={frame} name={name} sent={invited.value} />));
    },
  }),

  otherAct("/people/:person/invite-here", {
    purpose: "invite-here",
    needs: "administer",
    subject: (c) => c.req.param("person"),
    backPath: () => "/people",
    perform: async (c) => {
      const base = parsePublicUrl(c.env.PUBLIC_URL);
      if (!base.ok) return base;
      const person = c.req.param("person");
      const { deviceName, responder } = c.var.visitor.signIn;
      const made = await c.var.desk.inviteHere(person, { ...byPerson(responder), deviceName });
      if (!made.ok) return made;
      const { policy } = await rulesOf(c.var.reads, c.env.POLICY);
      const shown = {
        frame: await frameOf(c.var.visitor, null),
        name: personNameIn(policy, person),
        url: `${base.value}/sign-in/${made.value.token}`,
        mayApprove: rolesOf(policy, person).includes("approve"),
      };
      return ok(await sendView(c, <InviteHereView {...shown} expiresAt={made.value.expiresAt} />));
    },
  }),

  otherAct("/people/sign-ins/end/:id", {
    purpose: "end-sign-in",
    needs: "look",
    subject: (c) => c.req.param("id"),
    backPath: () => "/people",
    perform: (c) => {
      const { responder } = c.var.visitor.signIn;
      return c.var.desk.endSignIn({
        signInId: c.req.param("id"),
        by: byPerson(responder),
        of: responder,
      });
    },
  }),

  otherAct("/people/sign-ins/end-others", {
    purpose: "end-other-sign-ins",
    needs: "look",
    subject: () => "",
    backPath: () => "/people",
    perform: (c) => {
      const { responder, signInId } = c.var.visitor.signIn;
      return c.var.desk.endSignInsOf(responder, { by: byPerson(responder), keptSignInId: signInId });
    },
  }),

  otherAct("/sign-out", {
    purpose: "sign-out",
    needs: "look",
    subject: (c) => c.var.visitor.signIn.signInId,
    backPath: () => "/",
    perform: async (c) => {
      const { responder, signInId } = c.var.visitor.signIn;
      await c.var.desk.endSignIn({ signInId, by: byPerson(responder), of: responder });
      clearSignInCookie(c);
      return ok(seeOther(c, "/"));
    },
  }),
];

function testPathOf(testId: string): string {
  return `/people/tests/${encodeURIComponent(testId)}`;
}

/** The rules that are in force, and who put them there. */
async function rulesOf(
  { desk }: Reads,
  ownText: string | undefined,
): Promise<{ readonly policy: Policy; readonly rules: RulesInForce | null }> {
  const [told, shown] = await Promise.all([desk.policyFor(null), desk.showPolicy()]);
  const { policy } = loadFirstGood([told?.text ?? ownText, ownText], loadPolicy);
  return { policy, rules: shown.history.find(({ version }) => version === told?.version) ?? null };
}
