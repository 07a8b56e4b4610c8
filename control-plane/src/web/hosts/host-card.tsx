// One host in a list: its liveness, and each of its services, as D1 holds them and the desk corrects them. No list says when a host was last
// seen: that moves with each keepalive, and only its own shard knows it. Pure.
import { formatDuration } from "@countersign/shared/values/duration";
import type { ServiceCondition } from "../../core/shard/host/host-condition.ts";
import type { Liveness } from "../../core/shard/host/shard-state.ts";
import type { HostRow, ServiceRow } from "../../read-side/listed-host.ts";
import { Badge, Exact, type Shape } from "../frame/parts.tsx";

/** One service of a host in a line. */
export interface ServiceLine {
  readonly service: string;
  readonly shape: Shape;
  readonly isBad: boolean;
  readonly text: string;
}

const LIVENESS_SHAPES: Readonly<Record<Liveness, Shape>> = {
  up: "full",
  late: "half",
  down: "cross",
  unknown: "ring",
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
        <ul class="services">
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
  if (isThrottled && liveness === "up")
    return (
      <Badge shape="triangle" isBad>
        throttled
      </Badge>
    );
  return (
    <Badge shape={LIVENESS_SHAPES[liveness]} isBad={liveness === "down"}>
      {liveness}
    </Badge>
  );
}

/** What is known of a service; of a host that is not up, nothing is. */
export function serviceLineOf(
  { names, service, status }: ServiceRow,
  { liveness }: { readonly liveness: Liveness },
): ServiceLine {
  const isKnown = liveness === "up" || liveness === "late";
  return { service, ...(isKnown ? lineOf(status, names.join(", ")) : UNKNOWN) };
}

const UNKNOWN: Omit<ServiceLine, "service"> = { shape: "ring", isBad: false, text: "unknown" };

function lineOf(status: ServiceCondition["status"] | "unknown", names: string): Omit<ServiceLine, "service"> {
  switch (status) {
    case "failing":
      return { shape: "triangle", isBad: true, text: `${names} failing` };
    case "starting":
      return { shape: "half", isBad: false, text: "starting" };
    case "finding":
      return { shape: "triangle", isBad: true, text: names };
    case "verifying":
      return { shape: "half", isBad: false, text: "being verified" };
    case "recovering":
      return { shape: "half", isBad: false, text: "recovering" };
    // A rule in shadow only records: it is no trouble, and it is said.
    case "in-shadow":
      return { shape: "ring", isBad: false, text: `in shadow: ${names}` };
    case "healthy":
      return { shape: "full", isBad: false, text: "healthy" };
    case "unknown":
      return UNKNOWN;
  }
}

/** One service of a host: its name and how it is. */
export function ServiceItem({ line }: { readonly line: ServiceLine }) {
  return (
    <li>
      <span>{line.service}</span>
      <Badge shape={line.shape} isBad={line.isBad}>
        {line.text}
      </Badge>
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
