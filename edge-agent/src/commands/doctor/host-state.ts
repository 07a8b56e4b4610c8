// The parts of `doctor` about the host's own programs: whether the actuator answers, whether a person has frozen the host, and whether the
// agent goes by the catalogue that stands there. Reads only.
import { INSTALL_AGAIN, LOOK_AS_ROOT, systemctlMend } from "@countersign/shared/host/mend";
import { createActuatorClient } from "../../actuator-client.ts";
import { ACTUATOR_SOCKET } from "../../core/evidence/systemd-units.ts";
import { systemFailureOf } from "../../failure.ts";
import { readFreeze } from "../../files/read-freeze.ts";
import { runsOlderCatalogue } from "../catalogue-age.ts";
import type { Examiner } from "./examiner.ts";
import { type Finding, unknown, well, wrong } from "./finding.ts";

const ACTUATOR_TIMEOUT_MS = 5_000;

/** A person did that on purpose, and the desk is told of it otherwise. */
export const freezeExaminer: Examiner = {
  name: "freeze",
  eyes: "anyone",
  isOfHost: true,
  isWatched: true,
  examine: async ({ paths: { frozen } }) => [
    (await readFreeze(frozen))
      ? wrong(
          "freeze",
          "this host is frozen: nothing runs on it before a person lifts that",
          `sudo rm ${frozen}`,
        )
      : well("freeze", "not frozen"),
  ],
};

export const actuatorExaminer: Examiner = {
  name: "actuator",
  eyes: "anyone",
  isOfHost: true,
  isWatched: true,
  examine: async ({ paths }) => [await examineActuator(paths.socket)],
};

export const ageExaminer: Examiner = {
  name: "agent",
  eyes: "anyone",
  isOfInstalled: true,
  examine: async ({ paths: { catalogue } }) => [
    (await runsOlderCatalogue(catalogue))
      ? wrong("agent", `it goes by an older catalogue than ${catalogue}`, INSTALL_AGAIN)
      : well("agent", "it does not go by an older catalogue"),
  ],
};

async function examineActuator(socketPath: string): Promise<Finding> {
  try {
    const status = await createActuatorClient({ socketPath, timeoutMs: ACTUATOR_TIMEOUT_MS }).status();
    return well("actuator", `answers (version ${status.agentVersion})`);
  } catch (error) {
    if (systemFailureOf(error)?.code === "EACCES")
      return unknown("actuator", "its socket is not open to this user: run doctor as root", LOOK_AS_ROOT);
    const { cause } = error as Error;
    const reason = cause instanceof Error ? cause.message : (error as Error).message;
    return wrong(
      "actuator",
      `it does not answer, so nothing can be run: ${reason}`,
      systemctlMend("restart", ACTUATOR_SOCKET),
    );
  }
}
