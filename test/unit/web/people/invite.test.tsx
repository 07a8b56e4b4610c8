// An invitation goes by its person's own way: where that is broken or was never tried, it is said beside the button.
import { expect, it } from "vitest";
import type { ChannelReach } from "../../../../control-plane/src/core/desk/paging/reach.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";
import { markupOf } from "../../../../control-plane/src/web/frame/markup.ts";
import { peopleShownOf } from "../../../../control-plane/src/web/people/people-shown.ts";
import { PeopleView } from "../../../../control-plane/src/web/people/people-view.tsx";
import { ALICE } from "../../../gallery/shown-state.ts";

const policy = Policy.parse({
  version: 1,
  channels: { push: { kind: "ntfy", topic: "a" }, other: { kind: "ntfy", topic: "b" } },
  responders: [{ id: "dana", name: "Dana", channels: ["push", "other"] }],
  escalation: { steps: [{ notify: ["dana"], after: "0s" }] },
});

async function shown(...states: readonly ChannelReach["state"][]): Promise<string> {
  const channels = states.map((state, index) => ({
    responder: "dana",
    channel: ["push", "other"][index] ?? "",
    kind: "ntfy",
    state,
    last: null,
  }));
  const people = await peopleShownOf({
    policy,
    publicUrl: null,
    rules: null,
    reach: { onCall: [], lastPage: null, lastTest: null, channels, drills: [] },
    signIns: [],
    reader: { ...ALICE.signIn, roles: ALICE.roles },
    approvers: [],
    uses: [],
    tokenOf: async () => "a-token",
    newTestId: () => "tst_1",
  });
  return markupOf(<PeopleView frame={ALICE} shown={people} />);
}

it.each([
  [["broken"], "broken", "push"],
  [["broken", "broken"], "broken", "push"],
  [["never-tried"], "never-tried", "push"],
  [["broken", "never-tried"], "never-tried", "other"],
  [["broken", "works"], undefined, "other"],
  [["pending"], undefined, "push"],
] as const)("of ways that are %j it says %s, by %s", async (states, risk, way) => {
  const markup = await shown(...states);
  expect(/data-risk="([a-z-]+)"/.exec(markup)?.[1]).toBe(risk);
  expect(markup).toContain(`sign-in link by ${way} (ntfy)`);
});
