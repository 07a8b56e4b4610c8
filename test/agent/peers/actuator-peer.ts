// An actuator of the tests' own on a unix socket, for the faults that the real one does not have: it can be away, refuse, or lose the
// agent's words. Its journal is a list.
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import type { TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { Outcome } from "@countersign/shared/wire/outcome";
import { markOf, readSignedTrust } from "@countersign/shared/wire/trust-chain";
import {
  type ActuatorAnswerBody,
  type ActuatorRequest,
  encodeActuatorFrame,
  parseActuatorRequest,
} from "../../../edge-agent/src/actuator-protocol.ts";
import { UNKNOWN_UNIT_STATE } from "../../../edge-agent/src/core/evidence/unit-state.ts";
import { until } from "./until.ts";

export interface ActuatorPeer {
  /** unacknowledged ones, oldest first */
  readonly outcomes: Outcome[];
  readonly requests: readonly ActuatorRequest[];
  /** takes the place of the right answer */
  answer: ((request: ActuatorRequest) => ActuatorAnswerBody | undefined) | null;
  executionsRunning: number;
  /** the version that it believes */
  trust: TrustMark | null;
  readonly stop: () => Promise<void>;
}

/** Listens on the socket of a host. */
export async function startActuatorPeer(socketPath: string): Promise<ActuatorPeer> {
  const requests: ActuatorRequest[] = [];
  const peer: ActuatorPeer = {
    outcomes: [],
    requests,
    answer: null,
    executionsRunning: 0,
    trust: null,
    stop: async () => {
      server.close();
      await once(server, "close");
    },
  };
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.setEncoding("utf8").on("data", (line: string) => {
      const request = parseActuatorRequest(line.trimEnd());
      if (!request.ok) throw new Error(`The agent asked badly: ${request.error.detail}`);
      requests.push(request.value);
      void answerOf(peer, request.value).then((body) =>
        socket.end(encodeActuatorFrame(request.value.id, body)),
      );
    });
  });
  await mkdir(dirname(socketPath), { recursive: true });
  server.listen(socketPath);
  await once(server, "listening");
  return peer;
}

async function answerOf(peer: ActuatorPeer, request: ActuatorRequest): Promise<ActuatorAnswerBody> {
  const planted = peer.answer?.(request);
  if (planted !== undefined) return planted;
  switch (request.type) {
    case "propose":
      return { type: "proposed", proposal: Buffer.from("the proposal").toString("base64") };
    case "execute":
      return { type: "accepted", nonce: "n".repeat(22) };
    case "outcomes": {
      const found = () => peer.outcomes.filter(({ sequence }) => sequence > request.afterSequence);
      await until(() => found().length > 0, "an outcome", request.waitMs).catch(() => undefined);
      return { type: "outcomes", outcomes: found() };
    }
    case "acknowledge": {
      const index = peer.outcomes.findIndex(({ sequence }) => sequence === request.sequence);
      if (index !== -1) peer.outcomes.splice(index, 1);
      return { type: "acknowledged", sequence: request.sequence };
    }
    case "audit":
      return { type: "audited", executable: [{ service: "web", action: "restart" }] };
    case "observe":
      return { type: "observed", state: UNKNOWN_UNIT_STATE, omitted: [], setting: null };
    case "trust":
      return { type: "trust", trust: peer.trust, refusal: null };
    case "apply-trust": {
      const read = readSignedTrust(request.signed);
      if (!read.ok) throw new Error(read.error.detail);
      const { trust } = peer;
      const offered = read.value.trust.version;
      const refusal = { reason: "trust-not-accepted", offered, detail: "root accepts it" } as const;
      if (trust === null) return { type: "trust", trust, refusal };
      if (offered <= trust.version)
        return { type: "trust", trust, refusal: { ...refusal, reason: "trust-other-chain" } };
      peer.trust = markOf(read.value);
      return { type: "trust", trust: peer.trust, refusal: null };
    }
    case "status":
      return {
        type: "status",
        status: {
          agentVersion: "0.1.0",
          frozen: false,
          proposalsOpen: 0,
          outcomesUnacknowledged: peer.outcomes.length,
          lastSequence: peer.outcomes.at(-1)?.sequence ?? 0,
          executionsRunning: peer.executionsRunning,
        },
      };
  }
}

/** A succeeded outcome. */
export function outcomeOf(sequence: number): Outcome {
  return {
    nonce: "n".repeat(22),
    grantId: `grt_${"g".repeat(22)}`,
    action: "restart",
    service: "web",
    status: "succeeded",
    refusal: null,
    detail: "active again",
    unitBefore: null,
    unitAfter: null,
    startedAt: 1,
    finishedAt: 2,
    sequence,
  };
}
