// Whether anybody would be woken, in three facts: the last page, the last test page, who is on call. Pure.
import type { Reach, SentPage } from "../../core/desk/paging/reach.ts";
import { Exact } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";
import { Age } from "../look/time.tsx";
import { type Devices, onCallPeople, wantsText } from "./reach-steps.ts";

/** The facts. */
export function ReachFacts(props: {
  readonly reach: Reach;
  readonly devices: Devices;
  readonly now: number;
}) {
  const { devices, now, reach } = props;
  return (
    <dl class="facts small" aria-label="Can you be reached?">
      <dt>Last page</dt>
      <dd>{reach.lastPage === null ? "none yet" : <Sent sent={reach.lastPage} reach={reach} now={now} />}</dd>
      <dt>Last test page</dt>
      <dd>
        {reach.lastTest === null ? (
          <a href="/people#ways">none yet: send one</a>
        ) : (
          <Sent sent={reach.lastTest} reach={reach} now={now} />
        )}
      </dd>
      <dt>On call now</dt>
      <dd>
        {reach.onCall.length === 0 ? <b class="bad">nobody</b> : <OnCall reach={reach} devices={devices} />}
      </dd>
    </dl>
  );
}

/** When it was, and how far it came: `seen by Alice after 40 s`, `delivered to Alice by ntfy`, `not delivered to Alice`. */
function Sent(props: { readonly sent: SentPage; readonly reach: Reach; readonly now: number }) {
  const { now, reach, sent } = props;
  const { at, seenAt } = sent;
  return (
    <>
      <Age at={at} now={now} />, <Exact text={howFar(sent, calledIn(reach, sent.responder))} />
      {seenAt !== null && <span class="nb"> after {spanOf(Math.max(0, seenAt - at))}</span>}
    </>
  );
}

function howFar({ channel, deliveredAt, error, seenAt }: SentPage, name: string): string {
  if (seenAt !== null) return `seen by ${name}`;
  if (deliveredAt !== null)
    return `delivered to ${name}${channel === null ? "" : ` by ${channel}`}, not opened yet`;
  return error === null ? `on its way to ${name}` : `not delivered to ${name}`;
}

/** `Alice, then Omar after 5 min, then Dana (no device) after 15 min`. */
function OnCall({ devices, reach }: { readonly reach: Reach; readonly devices: Devices }) {
  return (
    <>
      {onCallPeople(reach, devices).map(({ afterMs, name, responder, wants }, index) => (
        <>
          {index > 0 && ", then "}
          <Exact text={name} />
          {wants !== null && (
            <>
              {" "}
              <b class="warn" data-wants={`${responder} ${wants}`}>
                ({wantsText(wants)})
              </b>
            </>
          )}
          {index > 0 && ` after ${spanOf(afterMs)}`}
        </>
      ))}
    </>
  );
}

/** What somebody is called. */
export function calledIn({ onCall }: Reach, responder: string): string {
  return onCall.find((person) => person.responder === responder)?.name ?? responder;
}
