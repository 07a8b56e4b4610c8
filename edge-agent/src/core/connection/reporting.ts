// Fits the service states that are due (shared/src/host/report-plan.ts) into frames, and a summary into its line. Pure.
import type { ReportPlan } from "@countersign/shared/host/report-plan";
import {
  AGENT_FRAME_BYTES_MAX,
  SERVICES_PER_HOST_MAX,
  SUMMARY_CHARS_MAX,
} from "@countersign/shared/values/limits";
import { PROTOCOL_VERSION, type AgentMessage } from "@countersign/shared/wire/protocol";
import type { ServiceReport } from "@countersign/shared/wire/service-report";

type DigestPart = NonNullable<Extract<AgentMessage, { type: "report" }>["part"]>;

/** Cuts a summary to one printable line of at most SUMMARY_CHARS_MAX characters. */
export function summaryOf(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, " ").trim();
  return line.length <= SUMMARY_CHARS_MAX
    ? line
    : `${line.slice(0, SUMMARY_CHARS_MAX - 1).replace(/\p{Cs}$/u, "")}…`;
}

/** Splits a plan into report frames that each fit; a digest of many services may need several, all marked as digest and numbered. */
export function framesOf(
  plan: Pick<ReportPlan, "digest" | "services">,
  sentAt: number,
): readonly AgentMessage[] {
  const encoder = new TextEncoder();
  const frameOf = (services: ServiceReport[], part?: DigestPart): AgentMessage => ({
    version: PROTOCOL_VERSION,
    type: "report",
    digest: plan.digest,
    ...(part === undefined ? {} : { part }),
    sentAt,
    services,
  });
  const longest = { number: SERVICES_PER_HOST_MAX, of: SERVICES_PER_HOST_MAX };
  const emptyBytes = encoder.encode(JSON.stringify(frameOf([], longest))).length;
  const batches: ServiceReport[][] = [[]];
  let bytes = emptyBytes;
  for (const service of plan.services) {
    const serviceBytes = encoder.encode(JSON.stringify(service)).length + 1;
    if (bytes + serviceBytes > AGENT_FRAME_BYTES_MAX) {
      batches.push([]);
      bytes = emptyBytes;
    }
    batches.at(-1)?.push(service);
    bytes += serviceBytes;
  }
  const kept = batches.filter((batch, index) => batch.length > 0 || (plan.digest && index === 0));
  const isInParts = plan.digest && kept.length > 1;
  return kept.map((batch, index) =>
    isInParts ? frameOf(batch, { number: index + 1, of: kept.length }) : frameOf(batch),
  );
}
