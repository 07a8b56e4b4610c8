// Who fell silent together, in the incident of a silent fleet: those that are away first, then those that are set aside, then those that are back;
// and, once nobody holds it any more, the freeze that it left behind. Pure.
import type { FleetHost } from "../../core/desk/records/fleet-host.ts";
import type { SilentFleet } from "../../core/desk/state/silent-fleet.ts";
import { Exact } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import { Card } from "./card.tsx";
import { type People, whoOf } from "./people-words.ts";

/** Nothing, where it is no incident of a fleet. */
export function FleetHosts(props: {
  readonly fleet: SilentFleet;
  readonly now: number;
  readonly people: People;
}) {
  const { fleet, now, people } = props;
  const { hosts, isFrozen } = fleet;
  if (hosts.length === 0) return null;
  const away = hosts.filter(({ backAt, setAside }) => backAt === null && setAside === null);
  const aside = hosts.filter(({ backAt, setAside }) => backAt === null && setAside !== null);
  const back = hosts.filter(({ backAt }) => backAt !== null);
  return (
    <Card id="silent-hosts" heading={`${away.length} of ${hosts.length} hosts are away`} says="silent-fleet">
      {away.length === 0 && isFrozen && (
        <p class="say" data-says="lift">
          All of them are back or looked after apart, and automation on the fleet is still frozen.{" "}
          <a href="/brake">Lift the freeze</a> once you know what happened.
        </p>
      )}
      <ul class="list">
        {[...away, ...aside].map((host) => (
          <SilentHost host={host} now={now} people={people} />
        ))}
      </ul>
      {back.length > 0 && (
        <details class="small">
          <summary>{back.length} are back</summary>
          <ul class="list">
            {back.map((host) => (
              <SilentHost host={host} now={now} people={people} />
            ))}
          </ul>
        </details>
      )}
    </Card>
  );
}

function SilentHost(props: { readonly host: FleetHost; readonly now: number; readonly people: People }) {
  const { host, now, people } = props;
  const { backAt, fellAt, hostId, hostName, setAside } = host;
  return (
    <li data-host={hostId}>
      {backAt === null ? (
        <State kind={setAside === null ? "down" : "taken"}>{setAside === null ? "away" : "set aside"}</State>
      ) : (
        <State kind="well">back</State>
      )}{" "}
      <a href={`/hosts/${hostId}`}>
        <Exact text={hostName} />
      </a>{" "}
      <span class="soft small">
        silent since <Age at={fellAt} now={now} />
        {backAt !== null && (
          <>
            , back since <Age at={backAt} now={now} />
          </>
        )}
        {backAt === null && setAside !== null && (
          <>
            , set aside by <Exact text={whoOf(setAside.by, people)} /> <Age at={setAside.at} now={now} />:{" "}
            <Exact text={setAside.why} />
          </>
        )}
      </span>
    </li>
  );
}
