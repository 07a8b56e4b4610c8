// The table of routes: all that the API answers. A route that is not here is not answered, and one without a right does not compile.
import { APPROVER_ROUTES } from "./approver-routes.ts";
import { CHANNEL_ROUTES } from "./channel-routes.ts";
import { DOOR_ROUTES } from "./door-routes.ts";
import { FLEET_ROUTES } from "./fleet-routes.ts";
import { HISTORY_ROUTES } from "./history-routes.ts";
import { INCIDENT_ROUTES } from "./incident-routes.ts";
import { POLICY_ROUTES } from "./policy-routes.ts";
import { REACH_ROUTES } from "./reach-routes.ts";
import { RECORD_ROUTES } from "./record-routes.ts";
import type { Route } from "./route.ts";
import { TEST_PAGE_ROUTES } from "./test-page-routes.ts";
import { TRUST_ROUTES } from "./trust-routes.ts";

export const ROUTES = {
  ...DOOR_ROUTES,
  ...CHANNEL_ROUTES,
  ...FLEET_ROUTES,
  ...HISTORY_ROUTES,
  ...INCIDENT_ROUTES,
  ...POLICY_ROUTES,
  ...RECORD_ROUTES,
  ...REACH_ROUTES,
  ...TEST_PAGE_ROUTES,
  ...APPROVER_ROUTES,
  ...TRUST_ROUTES,
};

/** The key of a line: method and path. */
export type Call = keyof typeof ROUTES;
export type RouteOf<C extends Call> = (typeof ROUTES)[C];

/** The lines of the table, without what is peculiar to each. */
export function eachRoute(): readonly (readonly [call: Call, route: Route])[] {
  return Object.entries(ROUTES) as [Call, Route][];
}

/** A key's two parts. */
export function partsOf(call: Call): readonly [method: string, path: string] {
  const [method = "", path = ""] = call.split(" ");
  return [method, path];
}
