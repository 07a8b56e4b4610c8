// A real machine whose actuator is asked by the test itself: a desk's key and one approver's passkey of the test's own, so that any act of the
// catalogue can be proposed, signed and executed.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";
import { makeId } from "@countersign/shared/values/ids";
import { sealEnvelope } from "@countersign/shared/wire/envelope";
import { Grant } from "@countersign/shared/wire/grant";
import type { Outcome } from "@countersign/shared/wire/outcome";
import { parseProposal, type Proposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { installOnMachine } from "../../edge-agent/demo-host/machine-install.ts";
import { bootMachine, type Machine, prepareLink } from "../../edge-agent/demo-host/machine.ts";
import { type ActuatorClient, createActuatorClient } from "../../edge-agent/src/actuator-client.ts";
import { INSTALLED_COMMAND, pathsOf } from "../../edge-agent/src/paths.ts";
import { makeDeskKeys, startControlPlanePeer } from "../agent/peers/control-plane-peer.ts";
import { knownOf, newPerson, PARTY, signTrust, trustOf } from "../agent/trust/approvers.ts";

export interface SignedHost {
  readonly machine: Machine;
  readonly actuator: ActuatorClient;
  /** writes the catalogue and installs it */
  readonly install: (catalogue: object) => Promise<void>;
  /** proposes, has alice sign, executes, and waits for the end */
  readonly perform: (service: string, action: string) => Promise<{ proposal: Proposal; outcome: Outcome }>;
  readonly end: () => Promise<void>;
}

/** Boots a machine with the demo service, whose agent is connected to a peer of the test's own. */
export async function startSignedHost(): Promise<SignedHost> {
  const ends: (() => Promise<unknown>)[] = [];
  const end = async () => {
    for (const step of ends.reverse()) await step();
  };
  const alice = await newPerson("alice");
  const desk = await makeDeskKeys();
  const trust = await signTrust(trustOf([alice], desk.publicKey));
  const link = await prepareLink();
  const machine = await bootMachine(link);
  ends.push(() => machine.destroy());
  try {
    const peer = await startControlPlanePeer({ host: link.gateway, desk });
    ends.push(() => peer.die());
    peer.behaviour.approvers = { party: PARTY, trust };
    const trustWords = fingerprintWordsOf(knownOf(trust).hash).join(" ");
    await installOnMachine(machine, { url: peer.url, token: desk.token, trustWords, say: () => {} });
    const { catalogue: cataloguePath, socket } = pathsOf();
    const actuator = createActuatorClient({ socketPath: `${machine.rootPath}${socket}` });
    // What is told to the desk is acknowledged there, and gone from here: so both are asked.
    const outcomeOf = async (grantId: string) => {
      const { messages } = await peer.connection(0);
      const told = messages.flatMap((message) => (message.type === "outcome" ? [message.outcome] : []));
      const isThis = (outcome: Outcome) => outcome.grantId === grantId;
      return told.find(isThis) ?? (await actuator.outcomes(0)).find(isThis) ?? null;
    };
    return {
      machine,
      actuator,
      end,
      install: async (catalogue) => {
        await machine.write(cataloguePath, JSON.stringify(catalogue), 0o644);
        await machine.run([INSTALLED_COMMAND, "install"]);
      },
      perform: async (service, action) => {
        const asked = { askedBy: { kind: "person", person: "alice" }, reason: "It is dead." } as const;
        const answer = await actuator.propose({ service, action, ...asked });
        if (answer.type !== "proposed") throw new Error(`Propose: ${answer.reason} ${answer.detail}`);
        const bytes = decodeBase64(answer.proposal) ?? new Uint8Array();
        const proposal = parseProposal(bytes);
        if (!proposal.ok) throw new Error(`Read the proposal: ${proposal.error.detail}`);
        const { hostId, nonce } = proposal.value;
        const grantId = makeId("grt", crypto.getRandomValues(new Uint8Array(16)));
        const grant = Grant.parse({
          version: 2,
          grantId,
          hostId,
          nonce,
          proposalHash: proposalHashOf(bytes),
          action,
          service,
          approvedBy: "operator",
          approvedAt: Date.now(),
          proposalAgeMaxMs: 60_000,
        });
        const assertions = [await alice.sign("proposal", bytes)];
        const key = { keyId: "desk-1", privateKey: desk.privateKey };
        const payload = new TextEncoder().encode(JSON.stringify(grant));
        const executed = await actuator.execute(grantId, await sealEnvelope(payload, key, { assertions }));
        if (executed.type !== "accepted") throw new Error(`Execute: ${executed.reason} ${executed.detail}`);
        const outcome = await waitFor("the outcome", 40_000, () => outcomeOf(grantId));
        return { proposal: proposal.value, outcome };
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}
