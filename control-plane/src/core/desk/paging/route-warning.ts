// What is wrong with the way to people, or leaves nobody who may do something, as data, and what a person is told of it: on every view, and at `policy apply`. Pure.

/** One thing that is wrong; the platform judges it (platform/desk/routes.ts). */
export type RouteWarning =
  /** nobody whom a step names has a channel that can work */
  | { readonly reason: "no-channel" }
  | { readonly reason: "person-unreachable"; readonly responder: string }
  | { readonly reason: "channel-broken"; readonly channel: string; readonly problem: string }
  /** pages go over plain http to a private address */
  | { readonly reason: "channel-insecure"; readonly channel: string }
  | { readonly reason: "public-url-unusable" }
  /** the policy gives nobody the role */
  | { readonly reason: "no-approver" }
  | { readonly reason: "no-administrator" }
  /** whom a step of the escalation pages may do nothing about it; counted from 1 */
  | { readonly reason: "step-cannot-answer"; readonly step: number };

/** Says whether nothing is wrong with the way to people, but what they may do leaves something to nobody. */
export function isAboutRoles({ reason }: RouteWarning): boolean {
  return reason === "no-approver" || reason === "no-administrator" || reason === "step-cannot-answer";
}

/** What a person is told. */
export function warningSentenceOf(warning: RouteWarning): string {
  switch (warning.reason) {
    case "no-channel":
      return "Nobody can be paged: no channel of anybody whom the escalation names can work.";
    case "person-unreachable":
      return `${warning.responder} cannot be paged: no channel of theirs can work.`;
    case "channel-broken":
      return `Channel ${warning.channel} cannot work: ${warning.problem}.`;
    case "channel-insecure":
      return `Channel ${warning.channel} is insecure: its pages can be read on their way, over plain http.`;
    case "public-url-unusable":
      return "PUBLIC_URL is not set to this desk's address: pages carry no link, and nobody can be signed in or enrolled.";
    case "no-approver":
      return "Nobody may approve: the rules give nobody the role, so what needs a yes cannot run.";
    case "no-administrator":
      return "Nobody may administer at this desk: the rules give nobody the role, so only the admin token changes rules and invites people.";
    case "step-cannot-answer":
      return `Step ${warning.step} of the escalation pages only people who may not answer.`;
  }
}
