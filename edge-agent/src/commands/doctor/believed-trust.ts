// What `doctor` says of who may permit what here: whether the files are whole, which levels are closed, what is offered and not accepted.
import { LOOK_AS_ROOT } from "@countersign/shared/host/mend";
import { findLoss, ruleOn } from "../../core/actuator/believed-trust.ts";
import { wordsOf } from "../../core/actuator/trust-words.ts";
import { systemFailureOf } from "../../failure.ts";
import { loadStoredTrust, type StoredTrust } from "../../files/trust-store.ts";
import type { HostPaths } from "../../paths.ts";
import { readTrustRecords } from "../../trust/trust-records.ts";
import { findOffered } from "../trust.ts";
import type { Examiner } from "./examiner.ts";
import { type Finding, unknown, well, wrong } from "./finding.ts";

const CHECK = "trust";
/** Shown on the host alone: no desk asks anybody to believe it. */
const ACCEPT = "sudo countersign-agent trust accept";

/** Levels that root or the fleet has closed on purpose are right; levels that nobody can sign for are not. */
export const trustExaminer: Examiner = {
  name: "trust",
  eyes: "root",
  isOfHost: true,
  examine: async ({ paths }) => [await examineTrust(paths)],
};

async function examineTrust(paths: HostPaths): Promise<Finding> {
  try {
    const stored = await loadStoredTrust(paths);
    return stored.ok ? await judge(stored.value, paths) : wrong(CHECK, stored.error.sentence);
  } catch (error) {
    if (systemFailureOf(error)?.code !== "EACCES") throw error;
    return unknown(
      CHECK,
      "the actuator's state may not be read by this user: run doctor as root",
      LOOK_AS_ROOT,
    );
  }
}

async function judge({ chain, host }: StoredTrust, paths: HostPaths): Promise<Finding> {
  const loss =
    chain === null ? null : findLoss(chain, (await readTrustRecords(paths.journal)).at(-1) ?? null);
  if (loss !== null) return wrong(CHECK, `nothing is permitted, because ${loss}`);
  const fleet = chain?.reached ?? null;
  const offered = await findOffered(paths, chain);
  const closed = ([1, 2, 3, 4, 5] as const).flatMap((level) => {
    const isMeant =
      host.floor?.[level] === "closed" || (fleet !== null && fleet.trust.levels[level] === undefined);
    return isMeant || ruleOn({ fleet, host }, level).ok ? [] : [level];
  });
  const offer =
    offered === null
      ? ""
      : `; version ${offered.trust.version} is offered and not accepted: compare its words (${wordsOf(offered)}) and run \`countersign-agent trust accept\``;
  if (fleet === null) {
    const help =
      offer === "" ? ": run `countersign-agent trust accept` once the fleet has an approver" : offer;
    return wrong(
      CHECK,
      `no approver is believed here, so levels ${closed.join(" and ")} are closed${help}`,
      ACCEPT,
    );
  }
  const { approvers, version } = fleet.trust;
  if (closed.length > 0 || offer !== "")
    return wrong(
      CHECK,
      `version ${version} is believed${closed.length > 0 ? `, and nobody can sign for level ${closed.join(" and ")}` : ""}${offer}`,
      ACCEPT,
    );
  return well(CHECK, `version ${version} is believed (approvers: ${approvers.length}), for ${host.hostId}`);
}
