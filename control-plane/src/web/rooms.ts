// All rooms of what people see, in one list: what is not in it cannot be reached.
import { approvalRoutes } from "./approvals/approval-routes.tsx";
import { auditRoutes } from "./audit/audit-routes.tsx";
import { freezeRoutes } from "./brakes/freeze-routes.tsx";
import { silenceRoutes } from "./brakes/silence-routes.tsx";
import type { PeopleRoute } from "./frame/people-routes.ts";
import { hostRoutes } from "./hosts/host-routes.tsx";
import { incidentRoutes } from "./incidents/incident-routes.tsx";
import { overviewRoutes } from "./overview/overview-routes.tsx";
import { ownSignInRoutes } from "./people/own-sign-in-routes.tsx";
import { signInRoutes } from "./people/sign-in-routes.tsx";
import { policyRoutes } from "./policy/policy-routes.tsx";
import { shadowRoutes } from "./policy/shadow-routes.tsx";
import { runbookRoutes } from "./runbooks/runbook-routes.tsx";
import { standingRoutes } from "./standing/standing-routes.tsx";

/** Everything that people may open or do. */
export const PEOPLE_ROUTES: readonly PeopleRoute[] = [
  ...overviewRoutes,
  ...incidentRoutes,
  ...approvalRoutes,
  ...freezeRoutes,
  ...silenceRoutes,
  ...standingRoutes,
  ...hostRoutes,
  ...policyRoutes,
  ...shadowRoutes,
  ...auditRoutes,
  ...runbookRoutes,
  ...signInRoutes,
  ...ownSignInRoutes,
];
