// Who fell silent together, in the incident of a silent fleet: those that are away first, then those that are set aside, then those that are back;
// and, once nobody holds it any more, the freeze that it left behind. Pure.
import type { FleetHost } from "../../core/desk/records/fleet-host.ts";
import type { SilentFleet } from "../../core/desk/state/silent-fleet.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import { Exact } from "../frame/parts.tsx";
import { State } from "../frame/state.tsx";
import { Age } from "../frame/time.tsx";

/** Nothing, where it is no incident of a fleet. */
export function FleetHosts({ fleet, now }: { readonly fleet: SilentFleet; readonly now: number }) {
  const { hosts, isFrozen } = fleet;
  if (hosts.length === 0) return null;
  const away = hosts.filter(({ backAt, setAside }) => backAt === null && setAside === null);
  const aside = hosts.filter(({ backAt, setAside }) => backAt === null && setAside !== null);
  const back = hosts.filter(({ backAt }) => backAt !== null);
  return (
    <section aria-labelledby="silent-hosts" data-says="silent-fleet">
      <h2 id="silent-hosts">
        {away.length} of {hosts.length} hosts are away
      </h2>
      {away.length === 0 && isFrozen && (
        <p class="say" data-says="lift">
          All of them are back or looked after apart, and automation on the fleet is still frozen.{" "}
          <a href="/brake">Lift the freeze</a> once you know what happened.
        </p>
      )}
      <ul class="list">
        {[...away, ...aside].map((host) => (
          <SilentHost host={host} now={now} />
        ))}
      </ul>
      {back.length > 0 && (
        <details class="small">
          <summary>{back.length} are back</summary>
          <ul class="list">
            {back.map((host) => (
              <SilentHost host={host} now={now} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function SilentHost({ host, now }: { readonly host: FleetHost; readonly now: number }) {
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
            , set aside by <Exact text={actorNameOf(setAside.by)} /> <Age at={setAside.at} now={now} />:{" "}
            <Exact text={setAside.why} />
          </>
        )}
      </span>
    </li>
  );
}
