// One host in a grid: how it is, and its services with a line of 24 hours each; what is ill stands first and says why, what
// is well and many is folded. As D1 holds it, with the desk's word over it; no list says when a host was last heard, for
// that moves with each keepalive. Pure.
import { type HostRow, listedStateOf, type ServiceRow } from "../../read-side/listed-host.ts";
import type { HostStrips } from "../../read-side/queries/strip-rows.ts";
import { Exact, Title } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";
import { State, type StateKind } from "../look/state.tsx";
import { Strip, STRIP_MS } from "../look/strip.tsx";
import { serviceLineOf } from "./host-card.tsx";
import { calledOf, freezeOn, type HostMarks, reasonsOf, silenceOn } from "./host-marks.ts";

/** Services of a host that are well, beyond these, are folded. */
const WELL_SHOWN_MAX = 3;
/** … and those that are not, beyond these. */
const ILL_SHOWN_MAX = 6;

export interface HostTileProps {
  readonly host: HostRow;
  /** undefined: its lines cannot be read now */
  readonly strips: HostStrips | undefined;
  readonly marks: HostMarks;
  /** one of very many: only what is ill of it is shown */
  readonly isBrief?: boolean;
  readonly now: number;
}

/** How a thing is, in a word. */
interface Said {
  readonly kind: StateKind;
  readonly text: string;
}

/** One host. */
export function HostTile(props: HostTileProps) {
  const { host, isBrief = false } = props;
  const { kind, text } = hostSaid(host);
  const beside = besideOf(props);
  const isSick = kind !== "well" || beside.length > 0;
  const silence = silenceSaid(props);
  const services = host.services.map((service) => {
    return { service, said: silence === null ? serviceSaid(service, props) : null };
  });
  const ill = services.filter(({ said }) => said !== null);
  const well = services.filter(({ said }) => said === null);
  // Of a host that is not heard a name without its line says nothing.
  const isNamed = !isBrief && (silence === null || props.strips !== undefined);
  const wellMax = isNamed ? WELL_SHOWN_MAX : 0;
  const shown = [...ill.slice(0, ILL_SHOWN_MAX), ...well.slice(0, wellMax)];
  return (
    <li class={isSick && shown.length > 0 ? "card cardlink host sick" : "card cardlink host"}>
      <div class="row">
        <h3>
          <a href={`/hosts/${host.hostId}`}>
            <Title text={host.name} />
          </a>
        </h3>
        <span class="chips">
          <State kind={kind} isQuiet={kind === "well" && beside.length > 0} isSmall>
            {text}
          </State>
          {beside.map((said) => (
            <State kind={said.kind} isSmall>
              {said.text}
            </State>
          ))}
        </span>
      </div>
      {silence !== null && <p class="small">{silence}</p>}
      {shown.length > 0 && (
        <ul class="svcs">
          {shown.map(({ said, service }) => (
            <Service {...props} service={service} said={said} />
          ))}
        </ul>
      )}
      <Folded
        illCount={ill.length}
        well={{ count: well.length, shownMax: wellMax, word: silence === null ? "well" : "not known" }}
      />
    </li>
  );
}

/** Nothing is known of the services of a host that is not heard: it is said once, and for how long. */
function silenceSaid({ host, now }: HostTileProps): string | null {
  const { condition, liveness, sinceAt } = host;
  if (liveness === "up") return null;
  if (condition === "never-seen") return "Nothing was heard of it so far.";
  if (liveness === "unknown") return "Whether it is up is not known just now.";
  return sinceAt === null ? "Nothing is heard of it." : `Nothing heard for ${spanOf(now - sinceAt)}.`;
}

function Service(props: HostTileProps & { readonly service: ServiceRow; readonly said: Said | null }) {
  const { now, said, strips } = props;
  const { service, title } = props.service;
  const spans = strips?.get(service);
  return (
    <li class="svc">
      <span title={title === "" ? undefined : title}>
        <Exact text={service} />
      </span>
      {spans === undefined ? (
        <span class="soft">{said === null && props.host.liveness === "up" ? "well" : ""}</span>
      ) : (
        <Strip name={title === "" ? service : `${title} (${service})`} spans={spans} now={now} />
      )}
      {said !== null && (
        <span class="why">
          <State kind={said.kind}>{said.text}</State>
        </span>
      )}
    </li>
  );
}

function Folded(props: {
  readonly illCount: number;
  readonly well: { readonly count: number; readonly shownMax: number; readonly word: string };
}) {
  const { illCount, well } = props;
  const said = [
    moreOf(illCount, ILL_SHOWN_MAX, "not well"),
    moreOf(well.count, well.shownMax, well.word),
  ].filter((words) => words !== null);
  return said.length === 0 ? null : <p class="small soft">{said.join(", ")}</p>;
}

function moreOf(count: number, shownMax: number, word: string): string | null {
  if (count <= shownMax) return null;
  return shownMax === 0
    ? `${count} ${count === 1 ? "service" : "services"} ${word}`
    : `${count - shownMax} more of ${count} ${word}`;
}

/** The worst of a host, by the word under which it is counted. */
function hostSaid(host: HostRow): Said {
  const { condition } = host;
  const state = listedStateOf(host);
  switch (state) {
    case "down":
      return { kind: "down", text: "down" };
    case "unknown":
      return { kind: "unknown", text: condition === "never-seen" ? "never heard" : "not known" };
    case "failing":
      return { kind: "failing", text: condition === "throttled" ? "throttled" : "failing" };
    case "well":
      return { kind: "well", text: "well" };
  }
}

/**
 * What is said beside how it is: that it is not understood, and what people did about it, which says that somebody knows.
 */
function besideOf({ host, marks, now }: HostTileProps): readonly Said[] {
  const { hostId, services } = host;
  const frozen = services.filter(({ service }) => freezeOn(marks, hostId, service) !== undefined).length;
  const said: Said[] = [];
  if (host.condition === "not-understood") said.push({ kind: "warning", text: "not understood" });
  const muted = mutedOf(hostId, marks, now);
  if (muted === "whole" || isSilenced(host, marks, now)) said.push({ kind: "silenced", text: "silenced" });
  else if (muted === "part") said.push({ kind: "silenced", text: "partly silenced" });
  if (freezeOn(marks, hostId, null) !== undefined) said.push({ kind: "frozen", text: "frozen" });
  else if (frozen > 0) said.push({ kind: "frozen", text: `${frozen} frozen` });
  return said;
}

/** What of a host is silenced now, be it well or not: who forgets a silence hears nothing later. */
function mutedOf(hostId: string, { silences }: HostMarks, now: number): "whole" | "part" | null {
  const its = silences.filter(
    ({ endsAt, matcher, startsAt }) => matcher.hostId === hostId && startsAt <= now && now < endsAt,
  );
  if (its.length === 0) return null;
  const isWhole = its.some(({ matcher }) => matcher.service === null && matcher.reason === null);
  return isWhole ? "whole" : "part";
}

/** All that is ill of it is silenced, and something is. */
export function isSilenced(host: HostRow, marks: HostMarks, now: number): boolean {
  const ill = host.services.filter((service) => isIll(service, host));
  const { hostId } = host;
  return (
    ill.length > 0 &&
    ill.every((row) => {
      const { service } = row;
      return silenceOn(marks, { hostId, service, reasons: reasonsOf(row), now }) !== undefined;
    })
  );
}

function isIll(service: ServiceRow, host: HostRow): boolean {
  return serviceLineOf(service, host).kind === "failing";
}

/** Why a service is shown; null: it is well, and nothing was done about it. */
function serviceSaid(service: ServiceRow, { host, marks, now, strips }: HostTileProps): Said | null {
  const line = serviceLineOf(service, host);
  const last = strips?.get(service.service)?.at(-1);
  const look = line.kind === "failing" ? "failing" : "no-data";
  const isKnown = last?.look === look && last.fromAt > now - STRIP_MS;
  const since = isKnown ? `, ${spanOf(now - last.fromAt)}` : last?.look === look ? ", a day or more" : "";
  if (line.kind === "failing" || line.kind === "unknown")
    return { kind: line.kind, text: `${line.text}${since}` };
  const freeze = freezeOn(marks, host.hostId, service.service);
  if (freeze !== undefined && freeze.scope.kind !== "fleet")
    return { kind: "frozen", text: `${line.text}, frozen by ${calledOf(marks, freeze.by)}` };
  return line.kind === "well" ? null : { kind: line.kind, text: line.text };
}
