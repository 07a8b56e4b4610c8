// The story of a stolen control plane. First an honest act runs, as in story.ts. Then the control plane is the attacker's: it stops, and in its place listens one
// that has the desk's private key and all that the desk has stored, with an agent on the host beside it. It tries everything that it can, and what
// counts is what the host's own books say afterwards: nothing ran but what people had signed.
import { setTimeout as sleep } from "node:timers/promises";
import { assert } from "@countersign/shared/values/result";
import { RelyingParty } from "@countersign/shared/wire/assertion";
import type { FleetTrust, SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { readSignedTrust } from "@countersign/shared/wire/trust-chain";
import type { ControlPlane } from "../../control-plane.ts";
import { endings } from "../../starting/endings.ts";
import { loadSecrets } from "../../state-directory.ts";
import { newAuthenticator, type SoftwareAuthenticator } from "../authenticator.ts";
import {
  type ApprovedAct,
  type Approver,
  approve,
  awaitQuestion,
  breakService,
  readApproval,
  seeHostUp,
  seeRestart,
  type StoryParts,
} from "../honest-acts.ts";
import { expect, newSteps, type StepRecord, type Steps, waitFor } from "../steps.ts";
import { makeApprover } from "../story.ts";
import {
  type Attacker,
  type Minted,
  mintedOf,
  newAttacker,
  signProposal,
  signStanding,
  signTrust,
  standingText,
} from "./attacker.ts";
import { type Attempt, type AttemptRecord, type People, tryOnce } from "./attempt.ts";
import { ATTEMPTS_ON_ACTS } from "./attempts-on-acts.ts";
import { ATTEMPTS_BY_REVOKED, ATTEMPTS_ON_QUORUM } from "./attempts-on-quorum.ts";
import { ATTEMPTS_ON_STANDING } from "./attempts-on-standing.ts";
import { attemptsOnTrust, type Versions } from "./attempts-on-trust.ts";
import { secondVersion, thirdVersion } from "./fleet-versions.ts";
import { startRoguePlane } from "./rogue-plane.ts";

const OUTCOME_WAIT_MS = 40_000;
/** All of it; one attempt that hangs has its own bound. */
const WHOLE_MAX_MS = 300_000;
/** Longer than the host needs to begin what it had accepted. */
const AFTERMATH_MS = 2_000;

interface HostileParts extends StoryParts {
  readonly controlPlane: ControlPlane;
  readonly stateDir: string;
}

export interface HostileSummary {
  readonly ok: boolean;
  readonly host: "systemd" | "process";
  /** acts that ran and that nobody had signed, by the host's journal and by its service's own process; null: it was not counted */
  readonly executions: number | null;
  /** acts that ran because people had signed them */
  readonly honest: number;
  /** each with the host's own reason */
  readonly attempts: readonly AttemptRecord[];
  readonly steps: readonly StepRecord[];
}

interface Count {
  readonly executions: number;
  readonly mainPid: number;
  readonly invocationId: string;
}

/** Plays it to its end or to the first step that did not happen. Never throws. */
export async function playHostileStory(parts: HostileParts): Promise<HostileSummary> {
  const steps = newSteps(parts.onStep);
  const attempts: AttemptRecord[] = [];
  const counted: Told["counted"] = { executions: null, honest: 0, isWhole: false };
  const late = sleep(WHOLE_MAX_MS, undefined, { ref: false });
  try {
    await Promise.race([
      play(parts, steps, { attempts, counted }),
      late.then(() => {
        throw new Error(`The hostile story took longer than ${WHOLE_MAX_MS / 1_000} s`);
      }),
    ]);
  } catch {
    // the step that failed is recorded with its reason
  }
  const { executions, honest, isWhole } = counted;
  return {
    ok: isWhole && executions === 0 && attempts.every(({ wrong }) => wrong === undefined),
    host: parts.demoHost.kind,
    executions,
    honest,
    attempts,
    steps: steps.records,
  };
}

interface Told {
  readonly attempts: AttemptRecord[];
  readonly counted: { executions: number | null; honest: number; isWhole: boolean };
}

async function play(parts: HostileParts, steps: Steps, { attempts, counted }: Told): Promise<void> {
  const { demoHost } = parts;
  const approver = await makeApprover(parts, steps);
  const honest = await actHonestly(parts, steps, approver);
  const { attacker, first } = await takeOver(parts, steps, honest);
  const signed = await signedByPeople(attacker, { approver, honest });
  await steps.run("yes-in-advance-used", () => useStanding(parts, attacker, signed));
  // Only now: what is minted before a restart does not outlive it.
  const people = { ...signed, early: await mintAndSign(attacker, signed) };
  const before = await countNow(parts, attacker);
  counted.honest = before.executions;
  try {
    await tryEverything(steps, attacker, { attempts, first, people });
  } finally {
    await steps.run("nothing-ran", async () => {
      await sleep(AFTERMATH_MS);
      const after = await countNow(parts, attacker);
      counted.executions = unsigned(before, after);
      expect(counted.executions === 0, `nothing ran: ${JSON.stringify({ before, after })}`);
      return { ...after };
    });
  }
  await steps.run("still-obeys-people", () => runSigned(parts, attacker, people));
  counted.honest = (await demoHost.status()).executions.length;
  counted.isWhole = true;
}

/** In three rounds: what one person may sign, what two must, and who may be believed. */
async function tryEverything(
  steps: Steps,
  attacker: Attacker,
  tried: {
    readonly attempts: AttemptRecord[];
    readonly people: People;
    readonly first: Versions[number];
  },
): Promise<void> {
  const { attempts, first, people } = tried;
  const { deputy, operator } = people;
  const round = (name: string, all: readonly Attempt[]) =>
    steps.run(name, async () => {
      const made: AttemptRecord[] = [];
      for (const attempt of all) made.push(await tryOnce(attempt, attacker, people));
      attempts.push(...made);
      const wrong = made.filter((attempt) => attempt.wrong !== undefined);
      expect(wrong.length === 0, `every attempt is refused as it must be, not ${JSON.stringify(wrong)}`);
      return { attempts: made.length };
    });
  await round("attempts-with-one-person", [...ATTEMPTS_ON_ACTS, ...ATTEMPTS_ON_STANDING]);
  const second = await give(steps, attacker, {
    trust: secondVersion(first.known, people),
    signers: [operator],
  });
  await round("attempts-with-two-people", ATTEMPTS_ON_QUORUM);
  const third = await give(steps, attacker, {
    trust: thirdVersion(second.known, people),
    signers: [operator, deputy],
  });
  await round("attempts-on-trust", [...ATTEMPTS_BY_REVOKED, ...attemptsOnTrust([first, second, third])]);
}

interface HonestAct {
  readonly act: Minted;
  readonly approved: ApprovedAct;
}

/** As in the story: enrolled, broken, paged, read, signed, restarted. */
async function actHonestly(parts: HostileParts, steps: Steps, approver: Approver): Promise<HonestAct> {
  const { person } = approver;
  const { hostId } = await steps.run("host-enrolled", async () => {
    const enrolled = await parts.enrol(approver.words);
    await seeHostUp(parts, person);
    return enrolled;
  });
  const before = await parts.demoHost.status();
  await steps.run("service-broken", () => breakService(parts));
  const page = await steps.run("page-arrived", () => awaitQuestion(parts, person));
  const url = String(page.url);
  const read = await steps.run("approval-read", () => readApproval(person, url));
  const done: { approved?: ApprovedAct } = {};
  await steps.run("approved", async () => {
    done.approved = await approve(parts, approver, url);
    const { assertion: _, ...evidence } = done.approved;
    return evidence;
  });
  await steps.run("restarted", () => seeRestart(parts, before.mainPid, read.argv));
  assert(done.approved !== undefined, "a step that was run has approved");
  const act = await storedProposal(parts, String(page.incidentId), String(page.approvalId));
  expect(act.proposal.hostId === hostId, "what ran is of this host");
  return { act, approved: done.approved };
}

/** Out of what the desk has stored, as whoever has its database or its admin token reads it. */
async function storedProposal(
  { controlPlane }: HostileParts,
  incidentId: string,
  approvalId: string,
): Promise<Minted> {
  const answer = await askAdmin(controlPlane, `/v1/admin/incidents/${incidentId}`);
  const { approvals } = answer as {
    approvals: readonly {
      readonly approvalId: string;
      readonly proposalBytes: string;
      readonly grantId: string | null;
    }[];
  };
  const found =
    approvals.find(({ grantId }) => grantId !== null) ??
    approvals.find((each) => each.approvalId === approvalId);
  if (found === undefined) throw new Error(`Read incident ${incidentId}: it holds no approval`);
  return mintedOf(found.proposalBytes);
}

async function askAdmin({ adminToken, url }: ControlPlane, path: string): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${adminToken}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`Ask ${path}: ${answer.status}`);
  return answer.json();
}

/** The desk's key is taken, the control plane stops, and the attacker's listens in its place; the host comes over to it. */
async function takeOver(parts: HostileParts, steps: Steps, { act }: HonestAct) {
  const { controlPlane, demoHost, stateDir } = parts;
  const taken: { attacker?: Attacker; first?: Versions[number] } = {};
  await steps.run("control-plane-taken", async () => {
    const { deskPrivateKey, deskPublicKey } = await loadSecrets(stateDir);
    const { party, versions } = (await askAdmin(controlPlane, "/v1/admin/trust")) as {
      party: unknown;
      versions: readonly SignedTrust[];
    };
    const [signed] = versions;
    if (signed === undefined) throw new Error("The fleet has no trust");
    const first = { signed, known: knownOf(signed) };
    const [deskKey] = first.known.trust.deskKeys;
    assert(deskKey?.publicKey === deskPublicKey, "the fleet trusts the desk's own key");
    await controlPlane.stop();
    endings.controlPlane = null;
    const port = Number(new URL(controlPlane.url).port);
    const plane = await startRoguePlane({ host: demoHost.link?.gateway ?? "127.0.0.1", port });
    endings.roguePlane = plane.close;
    taken.first = first;
    taken.attacker = newAttacker({
      deskKey: { keyId: deskKey.keyId, privateKey: deskPrivateKey },
      deskPublicKey,
      hostId: act.proposal.hostId,
      party: RelyingParty.parse(party),
      plane,
      demoHost,
    });
    await plane.connected();
    return { deskKey: deskKey.keyId };
  });
  const { attacker, first } = taken;
  assert(attacker !== undefined && first !== undefined, "a step that was run has taken it over");
  return { attacker, first };
}

function knownOf(signed: SignedTrust) {
  const read = readSignedTrust(signed);
  if (!read.ok) throw new Error(`Read a trust: ${read.error.detail}`);
  return read.value;
}

async function signedByPeople(
  { hostId, party }: Attacker,
  { approver, honest }: { readonly approver: Approver; readonly honest: HonestAct },
): Promise<Omit<People, "early">> {
  const [origin = ""] = party.origins;
  const made = (isSynced = false): Promise<SoftwareAuthenticator> =>
    newAuthenticator({ origin, rpId: party.rpId, isSynced });
  const [spare, deputy, synced, stranger] = await Promise.all([made(), made(), made(true), made()]);
  const operator = approver.passkey;
  const text = standingText(hostId);
  return {
    operator,
    spare,
    deputy,
    synced,
    stranger,
    honest: { act: honest.act, assertion: honest.approved.assertion },
    spent: { text, standing: await signStanding(operator, text) },
  };
}

async function mintAndSign(
  attacker: Attacker,
  { operator }: Pick<People, "operator">,
): Promise<People["early"]> {
  const act = await attacker.mint({ kind: "rule", rule: "check-failing" });
  return { act, assertion: await signProposal(operator, act) };
}

/** A person did give it for one use, so the first use is theirs: the service restarts once more. */
async function useStanding({ demoHost }: HostileParts, attacker: Attacker, { spent }: Pick<People, "spent">) {
  const before = await demoHost.status();
  const act = await attacker.mint();
  const used = await attacker.grant(await attacker.seal(act, { standing: spent.standing }));
  expect(
    used.reason === "succeeded",
    `what was given in advance runs once, not ${used.reason}: ${used.detail}`,
  );
  const after = await waitFor("another process", OUTCOME_WAIT_MS, async () => {
    const status = await demoHost.status();
    return status.mainPid > 0 && status.mainPid !== before.mainPid ? status : null;
  });
  return { signers: after.executions.at(-1)?.signers ?? [] };
}

/** By the host's journal, the service's process, and the unit as the actuator itself sees it. */
async function countNow({ demoHost }: HostileParts, attacker: Attacker): Promise<Count> {
  const { executions, mainPid } = await demoHost.status();
  const { proposal } = await attacker.mint();
  return { executions: executions.length, mainPid, invocationId: proposal.unitState.invocationId };
}

function unsigned(before: Count, after: Count): number {
  const isSameRun = after.mainPid === before.mainPid && after.invocationId === before.invocationId;
  return Math.max(after.executions - before.executions, isSameRun ? 0 : 1);
}

/** A next version that people have signed is believed, whoever carries it. */
async function give(
  steps: Steps,
  attacker: Attacker,
  { signers, trust }: { readonly trust: FleetTrust; readonly signers: readonly SoftwareAuthenticator[] },
): Promise<Versions[number]> {
  const { signed } = await signTrust(trust, signers);
  await steps.run(`trust-${trust.version}-believed`, async () => {
    const { detail, reason } = await attacker.trust(signed);
    expect(reason === "believed", `a version that people signed is believed, not ${reason}: ${detail}`);
    return { version: trust.version };
  });
  return { signed, known: knownOf(signed) };
}

/** The same host, at the end, by the same desk's key: with two people's signatures it runs. So what was refused was not refused for its weakness. */
async function runSigned({ demoHost }: HostileParts, attacker: Attacker, { deputy, operator }: People) {
  const act = await attacker.mint({ kind: "rule", rule: "check-failing" });
  const assertions = [await signProposal(operator, act), await signProposal(deputy, act)];
  const ran = await attacker.grant(await attacker.seal(act, { assertions }));
  expect(ran.reason === "succeeded", `what two people have signed runs, not ${ran.reason}: ${ran.detail}`);
  return { signers: (await demoHost.status()).executions.at(-1)?.signers ?? [] };
}
