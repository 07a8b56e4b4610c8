// A link by which a person signs in one more device of their own: as a code for its camera and as text. It is shown once,
// where it was asked for; nobody clicks it here, for it would sign in this device anew. Pure.
import { parseIpAddress } from "@countersign/shared/values/ip-address";
import type { Invitation } from "../../platform/sign-in-shapes.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { State } from "../look/state.tsx";
import { Clock } from "../look/time.tsx";
import { QrCode } from "./qr-code.tsx";

/** The view of a fresh link. */
export function DeviceView(props: {
  readonly frame: Frame;
  /** of who reads it, in the rules */
  readonly name: string;
  readonly url: string;
  readonly expiresAt: number;
}) {
  const { expiresAt, frame, name, url } = props;
  const { now } = frame;
  return (
    <Layout title="Sign in another device" frame={frame} path="/people">
      <h1>Sign in another device</h1>
      <p class="lead">
        Point its camera at this code. Good once, for 10 minutes: until <Clock at={expiresAt} now={now} />.
      </p>
      {isOfThisMachineAlone(url) && <OfThisMachineAlone />}
      <div class="split">
        <section class="card" aria-label="The code">
          <QrCode text={url} says="Code that opens the sign-in link" />
        </section>
        <div>
          <section class="card" aria-labelledby="by-hand">
            <h2 id="by-hand">Or open this address there</h2>
            <pre>{url}</pre>
          </section>
          <section class="card" aria-labelledby="careful">
            <h2 id="careful">Whoever opens it first is {name}</h2>
            <p>
              That device may then see the desk, take incidents and answer in your name. Show the code to
              nobody; its sign-in stands on the view of people, and is signed out there.
            </p>
          </section>
        </div>
      </div>
      <p class="links">
        <a href="/people">Back to people</a>
      </p>
    </Layout>
  );
}

/** No other device can open it. */
export function OfThisMachineAlone() {
  return (
    <section class="card wt">
      <p>
        <State kind="warning">only this machine can open it</State>
      </p>
      <p>The desk is reached by an address that leads each device to itself: a phone finds nothing there.</p>
    </section>
  );
}

/** An invitation went out. */
export function InvitedView(props: {
  readonly frame: Frame;
  readonly name: string;
  readonly sent: Extract<Invitation, { delivery: "paged" }>;
}) {
  const { frame, name, sent } = props;
  return (
    <Layout title={`Invited ${name}`} frame={frame} path="/people">
      <h1>A sign-in link went to {name}</h1>
      <section class="card ok">
        <p>
          <State kind="done">taken by {sent.channel}</State>
        </p>
        <p>
          It works once, until <Clock at={sent.expiresAt} now={frame.now} />. Only {name} got it. People shows
          when they are signed in.
        </p>
      </section>
      <p class="links">
        <a href="/people">Back to people</a>
      </p>
    </Layout>
  );
}

/** Each device finds itself behind this address. */
export function isOfThisMachineAlone(url: string): boolean {
  const hostname = URL.parse(url)?.hostname ?? "";
  return hostname === "localhost" || parseIpAddress(hostname)?.reach === "loopback";
}
