// The forty hosts of the wide incident: app fails on twenty of them since a release.
import { BY_DESK } from "../../../control-plane/src/core/words/actor.ts";
import { hostedSubject } from "../../../control-plane/src/core/words/subject.ts";
import { MINUTE_MS, NOW, SECOND_MS } from "../shown-state.ts";
import { findingOf, incidentOf } from "./incident-night.ts";

export const appOn = (number: number) => {
  const name = `app-${String(number).padStart(2, "0")}`;
  return hostedSubject({ hostId: `host_${name.padEnd(32, "0")}`, hostName: name }, "app");
};
const FAILING = [2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 19, 22, 24, 27, 28, 31, 33, 36, 38];
export const WIDE = FAILING.map((number, index) =>
  findingOf({
    findingId: `fnd_${number}`,
    incidentId: "inc_wide",
    subject: appOn(number),
    standing: "wide",
    severity: "error",
    title: `app is failing on ${appOn(number).hostName}`,
    alike: "http",
    evidence: [{ at: NOW - 3 * MINUTE_MS, text: "http failed 3×: 500, Error: REDIS_URL is not set" }],
    restarts: null,
    happenedAt: NOW - 190 * SECOND_MS + index * 4 * SECOND_MS,
    approvalId: null,
    askedAt: null,
  }),
);
export const TRAITS = Array.from({ length: 40 }, (_none, index) => {
  const { hostId, hostName } = appOn(index + 1);
  const isFailing = FAILING.includes(index + 1);
  const tags = [index % 2 === 0 ? "fra" : "nyc", ...(isFailing ? ["release-4f2c1e"] : ["release-1b77aa"])];
  return { hostId, name: hostName, tags, agentVersion: "0.3.0", isWell: !isFailing };
});
export const wide = incidentOf({
  incidentId: "inc_wide",
  place: { kind: "wide", alikeKey: "check-failing app http" },
  subject: appOn(2),
  severity: "error",
  title: "app fails on 20 of 40 hosts",
  happenedAt: NOW - 190 * SECOND_MS,
  openedAt: NOW - 162 * SECOND_MS,
  timeline: [
    { at: NOW - 162 * SECOND_MS, by: BY_DESK, text: 'Took in "app is failing on app-02".' },
    { at: NOW - 162 * SECOND_MS, by: BY_DESK, text: "Paged alice." },
  ],
});
