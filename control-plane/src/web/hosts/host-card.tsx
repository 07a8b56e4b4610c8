// One host in a list: its liveness, and each of its services, as D1 holds them and the desk corrects them. No list says when a host was last
// seen: that moves with each keepalive, and only its own shard knows it. Pure.
import { formatDuration } from "@countersign/shared/values/duration";
import type { ServiceCondition } from "../../core/shard/host/host-condition.ts";
import type { Liveness } from "../../core/shard/host/shard-state.ts";
import type { HostRow, ServiceRow } from "../../read-side/listed-host.ts";
import { Exact } from "../frame/parts.tsx";
import { State, type StateKind } from "../frame/state.tsx";

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

/** One host. */
export function HostCard({ host, now }: { readonly host: HostRow; readonly now: number }) {
  const said = saidOf(host, now);
  return (
    <article class="card">
      <div class="row">
        <h3>
          <a href={`/hosts/${host.hostId}`}>
            <Exact text={host.name} />
          </a>
        </h3>
        <LivenessBadge liveness={host.liveness} isThrottled={host.condition === "throttled"} />
      </div>
      {said !== "" && <p class="soft small">{said}</p>}
      {host.services.length > 0 && (
        <ul class="list small">
          {host.services.map((service) => (
            <ServiceItem line={serviceLineOf(service, host)} />
          ))}
        </ul>
      )}
    </article>
  );
}

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
      return { kind: "failing", text: `${names} failing` };
    case "starting":
      return { kind: "starting", text: "starting" };
    case "finding":
      return { kind: "failing", text: names };
    case "verifying":
      return { kind: "running", text: "being verified" };
    case "recovering":
      return { kind: "running", text: "recovering" };
    // A rule in shadow only records: it is no trouble, and it is said.
    case "in-shadow":
      return { kind: "well", text: `well; in shadow: ${names}` };
    case "healthy":
      return { kind: "well", text: "well" };
    case "unknown":
      return UNKNOWN;
  }
}

/** One service of a host: its name and how it is. */
export function ServiceItem({ line }: { readonly line: ServiceLine }) {
  return (
    <li>
      <span>{line.service}</span>
      <State kind={line.kind}>{line.text}</State>
    </li>
  );
}

function saidOf({ condition, liveness, sinceAt }: HostRow, now: number): string {
  if (condition === "never-seen") return "never seen";
  const since =
    liveness === "up" || sinceAt === null
      ? ""
      : `${liveness} for ${formatDuration(Math.max(0, now - sinceAt))}`;
  const not = condition === "not-understood" ? "it connects, and its reports are refused" : "";
  return [since, not].filter((part) => part !== "").join("; ");
}
