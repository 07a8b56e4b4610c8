// People where there are many: sixty in the rules, and a few with thirteen ways.
import { Policy } from "../../control-plane/src/policy/policy.ts";
import { PeopleView } from "../../control-plane/src/web/people/people-view.tsx";
import { device, DEVICES, sent, shownOf, way, WAYS } from "./people.tsx";
import { ALICE, DAY_MS, HOUR_MS, NOW, type ShownState } from "./shown-state.ts";

const LONG = "Wilhelmina-Konstantina von und zu Hohenlohe-Waldenburg-Schillingsfürst";
const MANY = Policy.parse({
  version: 1,
  channels: Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`way-${index}`, { kind: "ntfy", topic: `t${index}` }]),
  ),
  responders: Array.from({ length: 60 }, (_, index) => ({
    id: index === 0 ? "alice" : `person-${index}`,
    name: index === 3 ? LONG : `Person ${index}`,
    channels: [`way-${index}`, `way-${(index + 1) % 60}`],
  })),
  escalation: { steps: [{ notify: ["alice", "person-1", "person-2", "person-3"], after: "0s" }] },
});

/** As many kinds as a desk may have, and one of them broken. */
const THIRTEEN = [
  "ntfy",
  ..."gotify pushover telegram slack discord mattermost matrix pagerduty voice email webhook teams".split(
    " ",
  ),
].map((channel, index) => {
  if (index === 4) return WAYS[0] ?? way("dana", "mail", { state: "broken" });
  const responder = ["alice", "omar", "dana"][index % 3] ?? "alice";
  const last = sent({ responder, channel, at: NOW - index * HOUR_MS, seenAt: NOW - index * HOUR_MS + 9_000 });
  return index < 3 ? way(responder, channel, {}) : way(responder, channel, { state: "works", last });
});

export const states: readonly ShownState[] = [
  {
    name: "people-many",
    view: (
      <PeopleView
        frame={ALICE}
        shown={await shownOf({
          policy: MANY,
          onCall: MANY.escalation.steps[0]?.notify.map((responder) => ({
            responder,
            name: responder,
            afterMs: 0,
          })),
          channels: MANY.responders.flatMap(({ channels, id }) =>
            channels.map((channel) => way(id, channel, { kind: "ntfy" })),
          ),
          signIns: [
            ...DEVICES,
            device(
              "‮Someone's \u202e telephone with a name that never seems to end at all",
              "person-3",
              NOW - DAY_MS,
            ),
          ],
        })}
      />
    ),
    path: "/people",
  },
  {
    name: "people-thirteen-ways",
    view: (
      <PeopleView
        frame={ALICE}
        shown={await shownOf({
          channels: THIRTEEN.toSorted(
            (left, right) => Number(right.state === "broken") - Number(left.state === "broken"),
          ),
        })}
      />
    ),
    path: "/people",
  },
];
