// The agent's side of the actuator's unix socket. One connection per request: the actuator may exit when idle and is started
// again by the next connection, so there is no connection to keep.
import { connect } from "node:net";
import { ACTUATOR_FRAME_BYTES_MAX } from "@countersign/shared/values/limits";
import type { Envelope } from "@countersign/shared/wire/envelope";
import type { SignedTrust, TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { Outcome } from "@countersign/shared/wire/outcome";
import {
  type ActuatorAnswer,
  type ActuatorRequestBody,
  type ActuatorStatus,
  encodeActuatorFrame,
  parseActuatorAnswer,
} from "./actuator-protocol.ts";

type AnswerOf<Type extends ActuatorAnswer["type"]> = Extract<ActuatorAnswer, { type: Type }>;

type ToldSetting = NonNullable<AnswerOf<"observed">["setting"]>;

/** A service as it was seen: what `SeenUnit` of the core is. */
interface SeenService extends Pick<AnswerOf<"observed">, "state" | "omitted"> {
  readonly setting?: Omit<ToldSetting, "isForgotten"> & { readonly isForgotten?: true };
}

/** What an agent may ask. Every method throws when the actuator cannot be reached, answers badly or says `failed`. */
export interface ActuatorClient {
  readonly propose: (ask: Ask) => Promise<AnswerOf<"proposed"> | AnswerOf<"refused">>;
  /** Answers when the execution is journalled or refused, not when it has ended: poll `outcomes` for that. */
  readonly execute: (
    grantId: string,
    envelope: Envelope,
  ) => Promise<AnswerOf<"accepted"> | AnswerOf<"refused">>;
  /** Unacknowledged outcomes after a sequence, oldest first; waits up to `waitMs` while there is none, and no longer than the signal lets it. */
  readonly outcomes: (
    afterSequence: number,
    waitMs?: number,
    signal?: AbortSignal,
  ) => Promise<readonly Outcome[]>;
  readonly acknowledge: (sequence: number) => Promise<void>;
  readonly status: () => Promise<ActuatorStatus>;
  /** Which actions it could execute now. */
  readonly audit: () => Promise<AnswerOf<"audited">["executable"]>;
  /**
   * How a service of the catalogue stands now, seen by root where nobody else can see it exactly: a unit of a user's own systemd, a
   * container. One look a second for each service: who asks sooner waits, and who asks meanwhile gets the same answer. What cannot be seen
   * is `unknown`; throws also for a service that the catalogue does not have.
   */
  readonly observe: (service: string) => Promise<SeenService>;
  /** Which version of the fleet's trust it believes. */
  readonly trust: () => Promise<TrustMark | null>;
  /** Has it believe the next version. */
  readonly applyTrust: (signed: SignedTrust) => Promise<AnswerOf<"trust">>;
}

/** What is asked for, by whom, and why. */
export type Ask = Omit<Extract<ActuatorRequestBody, { type: "propose" }>, "type">;

/** Makes a client for the socket at `socketPath`; `timeoutMs` bounds each request beside the wait it asks for itself. */
export function createActuatorClient(options: {
  readonly socketPath: string;
  readonly timeoutMs?: number;
}): ActuatorClient {
  const { socketPath, timeoutMs = 15_000 } = options;
  return {
    propose: async ({ action, askedBy, reason, service }) => {
      const request = { type: "propose", service, action, askedBy, reason } as const;
      const answer = await ask(socketPath, request, { timeoutMs });
      return expectType(answer, ["proposed", "refused"]);
    },
    execute: async (grantId, envelope) => {
      const answer = await ask(socketPath, { type: "execute", grantId, envelope }, { timeoutMs });
      return expectType(answer, ["accepted", "refused"]);
    },
    outcomes: async (afterSequence, waitMs = 0, signal?: AbortSignal) => {
      const request = { type: "outcomes", afterSequence, waitMs } as const;
      const limits = { timeoutMs: timeoutMs + waitMs, signal };
      return expectType(await ask(socketPath, request, limits), ["outcomes"]).outcomes;
    },
    acknowledge: async (sequence) => {
      expectType(await ask(socketPath, { type: "acknowledge", sequence }, { timeoutMs }), ["acknowledged"]);
    },
    status: async () =>
      expectType(await ask(socketPath, { type: "status" }, { timeoutMs }), ["status"]).status,
    audit: async () =>
      expectType(await ask(socketPath, { type: "audit" }, { timeoutMs }), ["audited"]).executable,
    observe: async (service) => {
      const answer = expectType(await ask(socketPath, { type: "observe", service }, { timeoutMs }), [
        "observed",
      ]);
      return seenServiceOf(answer);
    },
    trust: async () => expectType(await ask(socketPath, { type: "trust" }, { timeoutMs }), ["trust"]).trust,
    applyTrust: async (signed) =>
      expectType(await ask(socketPath, { type: "apply-trust", signed }, { timeoutMs }), ["trust"]),
  };
}

function seenServiceOf({ omitted, setting, state }: AnswerOf<"observed">): SeenService {
  if (setting === null) return { state, omitted };
  const { isForgotten, ...known } = setting;
  return { state, omitted, setting: isForgotten === undefined ? known : { ...known, isForgotten } };
}

function expectType<Type extends ActuatorAnswer["type"]>(
  answer: ActuatorAnswer,
  types: readonly Type[],
): AnswerOf<Type> {
  if (answer.type === "failed") throw new Error(`Actuator failed: ${answer.detail}`);
  if (!(types as readonly string[]).includes(answer.type))
    throw new Error(`Read answer of actuator: expected ${types.join(" or ")}, got ${answer.type}`);
  return answer as AnswerOf<Type>;
}

/** Sends one request on its own connection and returns the one answer. */
function ask(
  path: string,
  body: ActuatorRequestBody,
  { signal, timeoutMs }: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<ActuatorAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      socket.destroy();
      settle();
    };
    const fail = (cause: unknown) =>
      end(() => {
        reject(new Error(`Ask the actuator at ${path} to ${body.type}`, { cause }));
      });
    const giveUp = () => fail(new Error("nobody waits for it any more"));
    signal?.addEventListener("abort", giveUp);
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    let received = "";
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.write(encodeActuatorFrame(1, body)));
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("it closed the connection without an answer")));
    socket.on("data", (chunk: string) => {
      received += chunk;
      const lineEnd = received.indexOf("\n");
      if (lineEnd === -1) {
        if (received.length > ACTUATOR_FRAME_BYTES_MAX) fail(new Error("its answer is too large"));
        return;
      }
      const answer = parseActuatorAnswer(received.slice(0, lineEnd));
      if (answer.ok) end(() => resolve(answer.value));
      else fail(new Error(answer.error.detail));
    });
  });
}
