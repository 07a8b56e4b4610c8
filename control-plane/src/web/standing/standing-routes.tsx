// Standing approvals: which there are, giving one, taking one back. Giving takes the same gesture as an approval: the giver's
// passkey signs the exact text that was shown, and the host verifies that itself. Composing and reviewing are views, and store nothing.
import type { Context } from "hono";
import { encodeBase64Url } from "@countersign/shared/values/base64";
import { ItemName } from "@countersign/shared/values/ids";
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import { ok } from "@countersign/shared/values/result";
import { visibleLine } from "@countersign/shared/values/visible-text";
import {
  STANDING_LEVEL_MAX,
  STANDING_USES_MAX,
  StandingContent,
  standingHashOf,
} from "@countersign/shared/wire/standing";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import type { ServiceSubject } from "../../core/words/subject.ts";
import { policyNow } from "../../http/policy-now.ts";
import type { Reads } from "../../http/reads.ts";
import { trustOf } from "../../http/trust-now.ts";
import { AUDIT_ROWS_MAX } from "../../read-side/queries/audit-rows.ts";
import { sendNoScope } from "../brakes/no-scope.ts";
import { searchScopes, serviceAt } from "../brakes/scope-lookup.ts";
import { countIn, WHY_CHARS_MAX } from "../frame/fields.ts";
import type { ViewBound } from "../frame/people-bound.ts";
import { act, type PeopleRoute, view } from "../frame/people-routes.ts";
import { addressOf } from "../frame/refreshing.ts";
import { csrfTokenOf, sendNotFound, sendRefusal, sendView } from "../frame/respond.tsx";
import { whoMay } from "../frame/who-may.ts";
import { ownPasskeys } from "../signing/own-passkeys.ts";
import { whereToSign } from "../signing/where-to-sign.ts";
import { ComposeStandingView, ReviewStandingView, StandingScopeView } from "./give-standing-view.tsx";
import { StandingView } from "./standing-view.tsx";
import { untilIn } from "./until-when.ts";

/** What stands in each row about a yes in advance, and the acts that end one (core/desk/approvals/standing.ts). */
const ENDS_WORD = "standing-";
const ENDS: ReadonlySet<string> = new Set([
  "standing-revoked",
  "standing-expired",
  "standing-giver-left",
  "standing-role-left",
  "standing-passkey-left",
]);

export const standingRoutes: readonly PeopleRoute[] = [
  view("/standing", async (c) => {
    const { frame, reads, visitor } = c.var;
    const [{ standing }, history, people] = await Promise.all([
      reads.desk.brakes(),
      reads.desk.standingHistory(),
      policyNow(reads.desk, c.env.POLICY),
    ]);
    const usesOf = (id: string) => history.uses.filter(({ standingId }) => standingId === id);
    const shown = standing.map(async (each) => {
      const revoked = { purpose: "revoke-standing", subject: each.standingId } as const;
      const token = await csrfTokenOf(visitor, revoked);
      return { standing: each, token, uses: usesOf(each.standingId) };
    });
    const ends = history.over.length === 0 ? [] : await endsIn(reads);
    const over = history.over.map((each) => ({
      ...each,
      uses: usesOf(each.standing.standingId),
      ended: ends.find(({ standingId }) => standingId === each.standing.standingId) ?? null,
    }));
    return sendView(c, <StandingView {...{ frame, over, people }} all={await Promise.all(shown)} />);
  }),

  view("/standing/new", async (c) => {
    const search = (c.req.query("q") ?? "").slice(0, SEARCH_CHARS_MAX);
    const result = await searchScopes(c.var.reads, search, ({ kind }) => kind === "service");
    return sendView(c, <StandingScopeView frame={c.var.frame} search={search} result={result} />);
  }),

  view("/standing/new/:scope", async (c) => {
    const { frame, reads } = c.var;
    const found = await serviceAt(reads, c.req.param("scope"));
    if (!found.ok) return sendNoScope(c, found.error, "/standing");
    const { host, scope } = found.value;
    const asked = c.req.query("action") ?? "";
    const action = ItemName.safeParse(asked).success ? asked : null;
    const shown = { frame, scope, action, actions: actionsOf(host, scope) };
    return sendView(c, <ComposeStandingView {...shown} whoMay={await whoMay(c, "approve")} />);
  }),

  view("/standing/review/:scope", async (c) => {
    const { frame, reads, visitor } = c.var;
    const found = await serviceAt(reads, c.req.param("scope"));
    if (!found.ok) return sendNoScope(c, found.error, "/standing");
    const { host, scope } = found.value;
    if (!actionsOf(host, scope).includes(c.req.query("action") ?? "")) return sendNotFound(c, frame);
    const content = contentOf(c, scope);
    if (content === null) return sendRefusal(c, "standing-bounds", { frame, backPath: "/standing" });
    const { party, trust } = await trustOf(reads.desk);
    const own = ownPasskeys(
      { trust, where: whereToSign(party, c.req.url, c.env.PUBLIC_URL) },
      visitor.signIn.responder,
    );
    const text = JSON.stringify(content);
    const hash = standingHashOf(text);
    return sendView(
      c,
      <ReviewStandingView
        frame={frame}
        content={content}
        hostName={scope.hostName}
        text={text}
        hash={hash}
        own={own}
        path={addressOf(c.req.url, null)}
        whoMay={await whoMay(c, "approve")}
        token={await csrfTokenOf(visitor, { purpose: "give-standing", subject: "", proposalHash: hash })}
      />,
    );
  }),

  act("/standing/give", {
    kind: "give-standing",
    subject: () => "",
    backPath: () => "/standing",
    says: (c) => {
      const { form, proposalHash } = c.var;
      const text = form.get("content") ?? "";
      const hostName = (form.get("hostName") ?? "").slice(0, 253);
      return ok({ text, hash: proposalHash, hostName });
    },
  }),

  act("/standing/revoke/:id", {
    kind: "revoke-standing",
    subject: (c) => c.req.param("id"),
    backPath: () => "/standing",
    says: (c) => ok({ standingId: c.req.param("id") }),
  }),
];

/** Why those that are over have ended, as far as the newest part of the record has it. */
async function endsIn({ lists }: Reads) {
  const filter = { by: null, act: null, words: ENDS_WORD, fromAt: null, untilAt: null };
  const found = await lists.auditSearch({ filter, before: null, limit: AUDIT_ROWS_MAX });
  return (found?.rows ?? [])
    .filter(({ act }) => ENDS.has(act))
    .flatMap(({ act, actor, refs }) =>
      refs.flatMap((ref) =>
        ref.kind === "standing" ? [{ standingId: ref.standingId, act, by: actor }] : [],
      ),
    );
}

/** Actions of a service that a standing approval may cover, as its catalogue lists them. */
function actionsOf({ connection }: HostState, { service }: ServiceSubject): readonly string[] {
  const entry = connection?.catalogue.find((listed) => listed.service === service);
  return (entry?.actions ?? [])
    .filter(({ level }) => level <= STANDING_LEVEL_MAX)
    .map(({ action }) => action);
}

/** What was composed, as it will be signed; null: the form was not filled in within its bounds. */
function contentOf(c: Context<ViewBound>, { hostId, service }: ServiceSubject): StandingContent | null {
  const { frame, visitor } = c.var;
  const { now } = frame;
  const usesMax = countIn(c.req.query("uses"), STANDING_USES_MAX);
  const untilAt = untilIn({ until: c.req.query("until"), hours: c.req.query("hours") }, now);
  if (usesMax === null || untilAt === null) return null;
  const parsed = StandingContent.safeParse({
    version: 2,
    nonce: encodeBase64Url(crypto.getRandomValues(new Uint8Array(16))),
    hostId,
    service,
    action: c.req.query("action"),
    usesMax,
    givenAt: now,
    untilAt,
    givenBy: visitor.signIn.responder,
    why: visibleLine(c.req.query("why") ?? "")
      .trim()
      .slice(0, WHY_CHARS_MAX),
  });
  return parsed.success ? parsed.data : null;
}
