// How a host and its services are in a word, as D1 holds them and the desk corrects them. Pure.
import type { ServiceCondition } from "../../core/shard/host/host-condition.ts";
import type { Liveness } from "../../core/shard/host/shard-state.ts";
import type { ServiceRow } from "../../read-side/listed-host.ts";
import { State, type StateKind } from "../look/state.tsx";

/** One service of a host in a line. */
export interface ServiceLine {
  readonly service: string;
  readonly kind: StateKind;
  readonly text: string;
}

const LIVENESS_KINDS: Readonly<Record<Liveness, StateKind>> = {
  up: "well",
  late: "unknown",
  down: "down",
  unknown: "unknown",
};

/** Whether the host shows life: a shape and a word. */
export function LivenessBadge(props: { readonly liveness: Liveness; readonly isThrottled: boolean }) {
  const { isThrottled, liveness } = props;
  if (isThrottled && liveness === "up") return <State kind="failing">throttled</State>;
  return <State kind={LIVENESS_KINDS[liveness]}>{liveness}</State>;
}

/** What is known of a service; of a host that is not up, nothing is. */
export function serviceLineOf(
  { names, service, status }: ServiceRow,
  { liveness }: { readonly liveness: Liveness },
): ServiceLine {
  const isKnown = liveness === "up" || liveness === "late";
  return { service, ...(isKnown ? lineOf(status, names.join(", ")) : UNKNOWN) };
}

const UNKNOWN: Omit<ServiceLine, "service"> = { kind: "unknown", text: "not known" };

function lineOf(status: ServiceCondition["status"] | "unknown", names: string): Omit<ServiceLine, "service"> {
  switch (status) {
    case "failing":
      return { kind: "failing", text: `${names} ${names.includes(", ") ? "fail" : "fails"}` };
    case "starting":
      return { kind: "starting", text: "starting" };
    case "finding":
      return { kind: "failing", text: inWords(names) };
    case "verifying":
      return { kind: "running", text: "well, and must stay so" };
    case "recovering":
      return { kind: "running", text: "well again, and must stay so" };
    // A rule in shadow only records: it is no trouble, and it is said.
    case "in-shadow":
      return { kind: "well", text: `well; in shadow: ${inWords(names)}` };
    case "healthy":
      return { kind: "well", text: "well" };
    case "unknown":
      return UNKNOWN;
  }
}

// What fires is named like its rule.
function inWords(names: string): string {
  return names.replaceAll("-", " ");
}
