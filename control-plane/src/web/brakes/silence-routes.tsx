// Silences: which there are, one more, and ending one early. Whom a silence covers is chosen from what there is; the token of its form is
// bound to that, the rest of the matcher and the times are the person's own input, checked by the desk.
import type { Context } from "hono";
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import { ok, refuse } from "@countersign/shared/values/result";
import type { SilenceMatcher } from "../../core/desk/records/silence.ts";
import type { PageReason } from "../../core/words/signal.ts";
import { hostIdIn, serviceOf, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import { policyNow } from "../../http/policy-now.ts";
import { countIn, whyOf } from "../frame/fields.ts";
import type { FormBound } from "../frame/people-bound.ts";
import { act, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, sendView } from "../frame/respond.tsx";
import { whoMay } from "../frame/who-may.ts";
import { runbookOf, runbookReasons } from "../runbooks/runbooks.ts";
import { sendNoScope } from "./no-scope.ts";
import { searchScopes } from "./scope-lookup.ts";
import { isScope, silenceTargetAt } from "./silence-target.ts";
import { HOURS_MAX, NewSilenceView, SilencesView, SilenceScopeView } from "./silence-view.tsx";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const MINUTES_AHEAD_MAX = 30 * 24 * 60;
const SERVICE_CHARS_MAX = 64;

export const silenceRoutes: readonly PeopleRoute[] = [
  view("/silences", async (c) => {
    const { frame, reads, visitor } = c.var;
    const { silences } = await reads.desk.brakes();
    const hostIds = silences.flatMap(({ matcher }) => matcher.hostId ?? []);
    const hosts = hostIds.length === 0 ? [] : await reads.desk.registered(hostIds);
    const shown = silences.map(async (silence) => {
      const { hostId } = silence.matcher;
      const host = hosts.find((known) => known.hostId === hostId)?.name ?? hostId;
      const ended = { purpose: "end-silence", subject: silence.silenceId } as const;
      return { silence, host, token: await csrfTokenOf(visitor, ended) };
    });
    const people = await policyNow(reads.desk, c.env.POLICY);
    return sendView(c, <SilencesView {...{ frame, people }} silences={await Promise.all(shown)} />);
  }),

  view("/silences/new", async (c) => {
    const search = (c.req.query("q") ?? "").slice(0, SEARCH_CHARS_MAX);
    const result = await searchScopes(c.var.reads, search, () => true);
    return sendView(c, <SilenceScopeView frame={c.var.frame} search={search} result={result} />);
  }),

  view("/silences/new/:scope", async (c) => {
    const { frame, reads, visitor } = c.var;
    const found = await silenceTargetAt(reads, c.req.param("scope"));
    if (!found.ok) return sendNoScope(c, found.error, "/silences");
    const scope = found.value;
    return sendView(
      c,
      <NewSilenceView
        frame={frame}
        scope={scope}
        reasons={runbookReasons()}
        reason={c.req.query("reason") ?? ""}
        service={(c.req.query("service") ?? "").slice(0, SERVICE_CHARS_MAX)}
        token={await csrfTokenOf(visitor, { purpose: "silence", subject: subjectKeyOf(scope) })}
        whoMay={await whoMay(c, "answer")}
      />,
    );
  }),

  act("/silences/add/:scope", {
    kind: "silence",
    subject: (c) => c.req.param("scope"),
    backPath: () => "/silences",
    says: (c) => silenceIn(c, c.req.param("scope")),
  }),

  act("/silences/end/:id", {
    kind: "end-silence",
    subject: (c) => c.req.param("id"),
    backPath: () => "/silences",
    says: (c) => ok({ silenceId: c.req.param("id") }),
  }),
];

/** The silence that a form asks for, of a scope that there is. */
async function silenceIn({ var: { form, reads } }: Context<FormBound>, key: string) {
  const scope = await silenceTargetAt(reads, key);
  if (!scope.ok) return scope;
  const matcher = matcherOf(scope.value, form);
  if (matcher === null) return refuse({ reason: "silence-unknown" } as const);
  const hours = countIn(form.get("hours"), HOURS_MAX);
  const minutesAhead = countIn(form.get("beginsIn") ?? "0", MINUTES_AHEAD_MAX);
  if (hours === null || minutesAhead === null) return refuse({ reason: "silence-bounds" } as const);
  const startsAt = Date.now() + minutesAhead * MINUTE_MS;
  return ok({ matcher, why: whyOf(form), startsAt, endsAt: startsAt + hours * HOUR_MS });
}

/** The fleet's scope stands for any host; then a reason or a service must be named. null: there is no such reason. */
function matcherOf(target: Subject, form: URLSearchParams): SilenceMatcher | null {
  const asked = form.get("reason") ?? "";
  if (asked !== "" && runbookOf(asked) === null) return null;
  const reason = asked === "" ? null : (asked as PageReason);
  if (!isScope(target)) return { hostId: null, service: null, reason, subject: target };
  const isAnyHost = target.kind === "fleet";
  const service = isAnyHost
    ? (form.get("service") ?? "").trim().slice(0, SERVICE_CHARS_MAX)
    : (serviceOf(target) ?? "");
  return { hostId: hostIdIn(target), service: service === "" ? null : service, reason };
}
