// A link by which somebody else comes in for the first time, as a code on the screen of a signed-in person: for who stands beside them. It is shown once,
// where it was asked for; nobody clicks it here, for it would sign in this device as somebody else. Pure.
import { Layout, type Frame } from "../frame/layout.tsx";
import { Exact } from "../look/parts.tsx";
import { Clock } from "../look/time.tsx";
import { isOfThisMachineAlone, OfThisMachineAlone } from "./device-view.tsx";
import { QrCode } from "./qr-code.tsx";

/** The view of a fresh code. */
export function InviteHereView(props: {
  readonly frame: Frame;
  /** of whom it is for, in the rules */
  readonly name: string;
  readonly url: string;
  readonly expiresAt: number;
  readonly mayApprove: boolean;
}) {
  const { expiresAt, frame, mayApprove, name, url } = props;
  return (
    <Layout title={`A code for ${name}`} frame={frame} path="/people">
      <div>
        <h1>Let {name} read this code</h1>
        <p class="lead">
          With the camera of their own phone. Good once, for an hour: until{" "}
          <Clock at={expiresAt} now={frame.now} />.
        </p>
      </div>
      {isOfThisMachineAlone(url) && <OfThisMachineAlone />}
      <div class="split">
        <section class="card" aria-label="The code">
          <QrCode text={url} says={`Code by which ${name} signs in`} />
        </section>
        <div>
          <section class="card wt" aria-labelledby="careful">
            <h2 id="careful">Whoever opens it first is {name}</h2>
            <p>Show it to nobody else. If it was used by somebody else, sign out the device under People.</p>
          </section>
          <section class="card" aria-labelledby="then">
            <h2 id="then">What happens then</h2>
            <ol class="steps">
              <li>
                <b>1</b>
                <div>
                  <Exact text={name} /> names their device, and is signed in on it.
                </div>
              </li>
              {mayApprove && (
                <li>
                  <b>2</b>
                  <div>
                    They make a passkey, and read eight words to you. You find the same words under{" "}
                    <a href="/passkey">Who may approve</a>, and let them in.
                  </div>
                </li>
              )}
            </ol>
          </section>
          <section class="card" aria-labelledby="by-hand">
            <h2 id="by-hand">Or open this address there</h2>
            <pre class="all">{url}</pre>
          </section>
        </div>
      </div>
      <p class="links">
        <a href="/people">Back to people</a>
      </p>
    </Layout>
  );
}
