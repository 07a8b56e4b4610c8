// Maps each request of the socket to the actuator, and its result to the answer.
import { ACTUATOR_FRAME_BYTES_MAX, OUTCOMES_PER_ANSWER_MAX } from "@countersign/shared/values/limits";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { ActuatorAnswerBody, ActuatorRequest } from "../actuator-protocol.ts";
import type { Actuator } from "./actuator.ts";

/** Between two looks for a new outcome while an agent waits for one. */
const OUTCOMES_POLL_MS = 100;
/** Room for the head of an `outcomes` frame. */
const FRAME_HEAD_BYTES = 256;

/** Answers one request. */
export async function answerRequest(
  actuator: Actuator,
  request: ActuatorRequest,
  isGone: () => boolean,
): Promise<ActuatorAnswerBody> {
  switch (request.type) {
    case "propose":
      return actuator.propose(request);
    case "execute":
      return actuator.execute(request.grantId, request.envelope);
    case "outcomes": {
      const deadlineAt = Date.now() + request.waitMs;
      const find = () => actuator.outcomesAfter(request.afterSequence);
      while (find().length === 0 && Date.now() < deadlineAt && !isGone())
        await new Promise((resolve) => {
          setTimeout(resolve, OUTCOMES_POLL_MS);
        });
      return { type: "outcomes", outcomes: fitInFrame(find()) };
    }
    case "acknowledge":
      await actuator.acknowledge(request.sequence);
      return { type: "acknowledged", sequence: request.sequence };
    case "status":
      return { type: "status", status: await actuator.status() };
    case "audit": {
      const executable = (await actuator.audit()).filter(({ gap }) => gap === null);
      return { type: "audited", executable: executable.map(({ action, service }) => ({ service, action })) };
    }
    case "observe": {
      const { omitted, setting = null, state } = await actuator.observe(request.service);
      return {
        type: "observed",
        state,
        omitted: [...omitted],
        setting: setting && { ...setting, parts: [...setting.parts] },
      };
    }
    case "trust":
      return actuator.tellTrust();
    case "apply-trust":
      return actuator.applyTrust(request.signed);
  }
}

/** The first outcomes that fit one frame; always at least one, which fits by its schema. */
function fitInFrame(outcomes: readonly Outcome[]): Outcome[] {
  const fitting: Outcome[] = [];
  let bytes = FRAME_HEAD_BYTES;
  for (const outcome of outcomes.slice(0, OUTCOMES_PER_ANSWER_MAX)) {
    bytes += Buffer.byteLength(JSON.stringify(outcome)) + 1;
    if (fitting.length > 0 && bytes > ACTUATOR_FRAME_BYTES_MAX) break;
    fitting.push(outcome);
  }
  return fitting;
}
