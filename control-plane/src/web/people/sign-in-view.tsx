// The view behind a sign-in link. Opening it uses nothing up and does not say whether the link is good, nor anything of the
// fleet: a scanner that follows links must neither spend it nor learn from it. No name is filled in, so that one which
// submits forms as they stand is refused. It names what this device itself wanted to see before. Pure.
import { Layout } from "../frame/layout.tsx";
import type { InApp } from "../look/in-app-browser.ts";
import { InAppCard } from "../look/in-app-card.tsx";
import { kindOfPath } from "./people-words.ts";

export const DEVICE_NAME_CHARS_MAX = 60;

/** Asks for the device's name; the button redeems the link. */
export function SignInView(props: {
  readonly token: string;
  readonly problem: string | null;
  /** where this device wanted to go, and comes to afterwards; null: nowhere */
  readonly wanted: string | null;
  /** the app in whose browser it was opened */
  readonly inApp: InApp | null;
}) {
  const { inApp, problem, token, wanted } = props;
  const where = wanted === null ? null : kindOfPath(wanted);
  return (
    <Layout title="Sign in" frame={null}>
      <div>
        <h1>Sign in this device</h1>
        {where !== null && <p class="lead">Then you come to {where}.</p>}
      </div>
      <InAppCard inApp={inApp} isOnce />
      <form class="card narrow" method="post" action={`/sign-in/${encodeURIComponent(token)}`}>
        {problem !== null && (
          <p class="say no" role="alert" id="problem">
            {problem}
          </p>
        )}
        <label for="device">Name of this device</label>
        <input
          type="text"
          id="device"
          name="deviceName"
          required
          maxlength={DEVICE_NAME_CHARS_MAX}
          autocomplete="off"
          aria-describedby={problem === null ? "such-as" : "problem such-as"}
        />
        <p class="small soft" id="such-as">
          Such as Phone or Work laptop: by it you know the device again when you sign it out.
        </p>
        <button class="btn full yes">Sign in this device</button>
        <p class="small soft">
          For 30 days it may see the desk, take incidents and answer in your name. Sign in only a device that
          is yours. The link works once.
        </p>
      </form>
    </Layout>
  );
}
