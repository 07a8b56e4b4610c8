// A fleet of numbered hosts for tests of what belongs together: one service each, or several.
import type { HostSubject, ServiceSubject } from "../../../../control-plane/src/core/words/subject.ts";

/** Host number so and so. */
export function hostAt(number: number): HostSubject {
  return { kind: "host", hostId: `host_${String(number).padStart(32, "0")}`, hostName: `web-${number}` };
}

/** A service on it. */
export function serviceAt(number: number, service = "demo"): ServiceSubject {
  const { hostId, hostName } = hostAt(number);
  return { kind: "service", hostId, hostName, service };
}
