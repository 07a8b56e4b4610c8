// What doctor found, as lines for people: the host first, then each service, with the command that mends a finding on a line of its own. Pure.
import type { Finding } from "./finding.ts";

const STATUS_WIDTH = 8;

/** Prints all of it, and last how much is wrong. */
export function printFindings(findings: readonly Finding[], line: (text: string) => void): void {
  const services = [...new Set(findings.flatMap(({ service }) => service ?? []))];
  for (const service of [null, ...services]) {
    line(service === null ? "This host" : `\nService ${service}`);
    for (const finding of findings) if (finding.service === service) printFinding(finding, line);
  }
  line(`\n${totalOf(findings)}`);
}

function printFinding({ check, detail, mend, status }: Finding, line: (text: string) => void): void {
  line(`${status.padEnd(STATUS_WIDTH)} ${check}: ${detail}`);
  if (mend !== null) line(`${"".padEnd(STATUS_WIDTH)} ${status === "wrong" ? "mend" : "look"}: ${mend}`);
}

function totalOf(findings: readonly Finding[]): string {
  const count = (status: Finding["status"]) => findings.filter((finding) => finding.status === status).length;
  const [wrong, unknown] = [count("wrong"), count("unknown")];
  if (wrong === 0 && unknown === 0) return `All ${findings.length} proven.`;
  return `${wrong} wrong, ${unknown} not seen, ${count("ok")} proven.`;
}
