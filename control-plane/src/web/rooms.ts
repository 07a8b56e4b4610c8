// All rooms of what people see, in one list: what is not in it cannot be reached. And the words of all their refusals, in one table: TypeScript
// asks for a reason that has none.
import { approvalRoutes } from "./approvals/approval-routes.tsx";
import { APPROVAL_REFUSALS } from "./approvals/approval-words.ts";
import { askRoutes } from "./asks/ask-routes.tsx";
import { ASK_REFUSALS } from "./asks/ask-words.ts";
import { auditRoutes } from "./audit/audit-routes.tsx";
import { freezeRoutes } from "./brakes/freeze-routes.tsx";
import { FREEZE_REFUSALS } from "./brakes/freeze-words.ts";
import { SCOPE_REFUSALS } from "./brakes/scope-words.ts";
import { silenceRoutes } from "./brakes/silence-routes.tsx";
import { SILENCE_REFUSALS } from "./brakes/silence-words.ts";
import { FRAME_REFUSALS } from "./frame/frame-words.ts";
import type { PeopleRoute } from "./frame/people-routes.ts";
import type { Refusals } from "./frame/refusals.ts";
import { hostRoutes } from "./hosts/host-routes.tsx";
import { HOST_REFUSALS } from "./hosts/host-words.ts";
import { incidentRoutes } from "./incidents/incident-routes.tsx";
import { INCIDENT_REFUSALS } from "./incidents/incident-words.ts";
import { overviewRoutes } from "./overview/overview-routes.tsx";
import { nextRoutes } from "./passkeys/next-routes.tsx";
import { passkeyRoutes } from "./passkeys/passkey-routes.tsx";
import { PASSKEY_REFUSALS } from "./passkeys/passkey-words.ts";
import { peopleRoutes } from "./people/people-routes.tsx";
import { signInRoutes } from "./people/sign-in-routes.tsx";
import { SIGN_IN_REFUSALS } from "./people/sign-in-words.ts";
import { policyRoutes } from "./policy/policy-routes.tsx";
import { POLICY_REFUSALS } from "./policy/policy-words.ts";
import { shadowRoutes } from "./policy/shadow-routes.tsx";
import { runbookRoutes } from "./runbooks/runbook-routes.tsx";
import { standingRoutes } from "./standing/standing-routes.tsx";
import { STANDING_REFUSALS } from "./standing/standing-words.ts";

/** Everything that people may open or do. */
export const PEOPLE_ROUTES: readonly PeopleRoute[] = [
  ...overviewRoutes,
  ...incidentRoutes,
  ...approvalRoutes,
  ...askRoutes,
  ...freezeRoutes,
  ...silenceRoutes,
  ...standingRoutes,
  ...hostRoutes,
  ...policyRoutes,
  ...shadowRoutes,
  ...auditRoutes,
  ...runbookRoutes,
  ...signInRoutes,
  ...peopleRoutes,
  ...passkeyRoutes,
  ...nextRoutes,
];

/** What a person is told for every reason. */
export const REFUSALS: Refusals = {
  ...FRAME_REFUSALS,
  ...APPROVAL_REFUSALS,
  ...ASK_REFUSALS,
  ...INCIDENT_REFUSALS,
  ...FREEZE_REFUSALS,
  ...SCOPE_REFUSALS,
  ...SILENCE_REFUSALS,
  ...STANDING_REFUSALS,
  ...HOST_REFUSALS,
  ...POLICY_REFUSALS,
  ...SIGN_IN_REFUSALS,
  ...PASSKEY_REFUSALS,
};
