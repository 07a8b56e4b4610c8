// Whole incidents through replay and through real workerd with the clock held: what was decided is compared item by item, down to the
// words of each page, and the incident's own expectations are met on both sides. Seeds 003 and 004 as they are, one file of what the
// outages leave out, and one of results that do not come. In workerd whoever says yes signs it by a passkey.
import { expect, it } from "vitest";
import { readYaml } from "@countersign/shared/files/yaml-file";
import { parseIncident } from "../../../control-plane/replay/file/incident-file.ts";
import type { Incident } from "../../../control-plane/replay/file/planned-incident.ts";
import { judgeExpectations } from "../../../control-plane/replay/judged/judge-expectations.ts";
import type { ReplayRecord } from "../../../control-plane/replay/printed/replay-record.ts";
import { stageReplay } from "../../../control-plane/replay/run-replay.ts";
import type { AuditEntry } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import { actorNameOf } from "../../../control-plane/src/core/words/actor.ts";
import restartButton from "../../incidents/003-restart-button.yaml?raw";
import selfRestart from "../../incidents/004-self-restart.yaml?raw";
import { WorkerdStory } from "../world/workerd-story.ts";
import aResultIsMissing from "./a-result-is-missing.yaml?raw";
import everythingSaysNo from "./everything-says-no.yaml?raw";

const WEEK_MS = 7 * 86_400_000;
/** A replay's calls, channels and frames take up to half a second each; in workerd they take no time of this clock. */
const TOLERANCE_MS = 2_000;
/** Both sides are played on for this long, so that nothing lies on the edge of the end. */
const AFTER_MS = 10_000;
/** What only the shell writes: enrolment, policy, and the passkey of who says yes, for which a signature stands in in a replay. */
const SHELL_ACTS = new Set([
  "enrolment-token-created",
  "host-enrolled",
  "passkey-domain-chosen",
  "policy-applied",
  "trust-begun",
]);

/** The file with every instant moved by whole weeks, ahead of real time. */
function aheadOfNow(text: string): string {
  const written = /\d{4}-\d\d-\d\d(?=T)/g;
  const first = Math.min(...[...text.matchAll(written)].map(([date]) => Date.parse(date)));
  const movedMs = Math.ceil((Date.now() + WEEK_MS - first) / WEEK_MS) * WEEK_MS;
  return text.replaceAll(written, (date) => new Date(Date.parse(date) + movedMs).toISOString().slice(0, 10));
}

// The hosts of a story in workerd declare no port, so nobody can ask whether they answer: what that would say is left out.
function withoutOpinion(text: string | null): string | undefined {
  return text?.replaceAll(/(?<=is silent|second opinion): .*/g, "");
}

interface Item {
  readonly what: string;
  readonly atMs: number;
}

/** Everything that was decided, in the order of its words; ids are left out. */
function itemsOf(
  { record, audit }: { readonly record: ReplayRecord; readonly audit: readonly AuditEntry[] },
  startAt: number,
): readonly Item[] {
  const { pages, turns, proposals, actions, refusals } = record;
  return [
    ...pages.map(({ at, to, kind, reason, severity, host, service, title, body }) => ({
      at,
      what: ["page", kind, reason, to, severity, host, service, title, body],
    })),
    ...turns.map(({ at, reason, host, service, severity, title, state }) => ({
      at,
      what: ["incident", reason, host, service, severity, title, state],
    })),
    ...proposals.map(({ at, host, service, action, argv }) => ({
      at,
      what: ["proposal", host, service, action, ...argv],
    })),
    ...actions.map(({ at, host, service, action }) => ({ at, what: ["action", host, service, action] })),
    ...refusals.map(({ at, host, service, by, reason }) => ({
      at,
      what: ["refusal", by, reason, ...(by === "desk" ? [] : [host, service])],
    })),
    ...audit
      .filter(({ act }) => !SHELL_ACTS.has(act))
      .map(({ at, act, actor }) => ({
        at,
        what: ["audit", act, actor.kind === "host" ? "the host" : actorNameOf(actor)],
      })),
  ]
    .map(({ at, what }) => ({ what: what.map(withoutOpinion).join(" | "), atMs: at - startAt }))
    .sort((one, other) => one.what.localeCompare(other.what) || one.atMs - other.atMs);
}

interface Told {
  readonly name: string;
  readonly text: string;
}

function incidentOf({ name, text }: Told): { readonly incident: Incident; readonly policyText: string } {
  const file = readYaml(text);
  const parsed = parseIncident(name, text);
  if (!file.ok || !parsed.ok) throw new Error(`${name} cannot be read: ${JSON.stringify(parsed)}`);
  const { policy = {} } = file.value.value as { readonly policy?: object };
  return { incident: parsed.value, policyText: JSON.stringify({ version: 1, ...policy }) };
}

function expectSame(real: readonly Item[], expected: readonly Item[]): void {
  expect(real.map(({ what }) => what)).toEqual(expected.map(({ what }) => what));
  const pairs = expected.map(({ what, atMs }, index) => ({
    what,
    atMs,
    inWorkerdMs: real[index]?.atMs ?? 0,
  }));
  expect(pairs.filter(({ atMs, inWorkerdMs }) => Math.abs(atMs - inWorkerdMs) > TOLERANCE_MS)).toEqual([]);
}

it.each([
  { name: "everything-says-no", text: everythingSaysNo },
  { name: "a-result-is-missing", text: aResultIsMissing },
  { name: "003-restart-button", text: restartButton },
  { name: "004-self-restart", text: selfRestart },
])("$name comes out the same in workerd as in a replay", { timeout: 120_000 }, async ({ name, text }) => {
  const { incident, policyText } = incidentOf({ name, text: aheadOfNow(text) });
  const untilAt = incident.endAt + AFTER_MS;
  const { world } = stageReplay(incident);
  world.clock.advanceTo(untilAt);
  const story = new WorkerdStory(incident);
  const audit = await story.play(policyText, untilAt);
  const { startAt } = incident;
  expectSame(
    itemsOf({ record: story.record, audit }, startAt),
    itemsOf({ record: world.record, audit: world.desk.audit }, startAt),
  );
  const judged = judgeExpectations(incident, { record: story.record, livenesses: story.livenesses });
  expect(judged.filter(({ isMet }) => !isMet)).toEqual([]);
});
