// `countersign-agent leave`: announces a reboot, upgrade or stop through the running agent, so that the silence that follows is
// expected until its deadline, and no longer. Not pure.
import { formatDuration, parseDuration } from "@countersign/shared/values/duration";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { askToLeave, LeaveRequest } from "../agent/control-socket.ts";
import type { CommandRefusal } from "../core/command-refusal.ts";
import type { HostPaths } from "../paths.ts";

/** Tells the control plane; prints what it was told. */
export async function runLeave(options: {
  readonly paths: HostPaths;
  readonly reason: string;
  readonly within: string;
  readonly json: boolean;
}): Promise<Result<null, CommandRefusal>> {
  const { paths, reason, within, json } = options;
  const request = LeaveRequest.safeParse({ type: "leave", reason, returnWithinMs: parseDuration(within) });
  if (!request.success)
    return refuse({
      reason: "usage",
      sentence:
        "Say --reason reboot, upgrade, stop or retired, and --within a duration of at most an hour, such as 5m.",
    });
  const told = await askToLeave(paths.agentStateDir, request.data);
  if (!told.ok) return told;
  const { returnWithinMs } = request.data;
  process.stdout.write(
    json ? `${JSON.stringify({ told: true, reason, returnWithinMs })}\n` : wordsOf(request.data),
  );
  return ok(null);
}

function wordsOf({ reason, returnWithinMs }: LeaveRequest): string {
  const length = formatDuration(returnWithinMs);
  return reason === "retired"
    ? `The control plane knows. Retire this host at the desk within ${length}: until somebody does it is watched, and its silence pages.\n`
    : `The control plane expects this host back within ${length} (${reason}).\n`;
}
