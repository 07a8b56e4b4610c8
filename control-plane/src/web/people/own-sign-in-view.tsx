// The devices on which a person is signed in, and the way to end each. Pure.
import type { ListedSignIn } from "../../platform/rpc.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { Exact } from "../frame/parts.tsx";
import { State } from "../frame/state.tsx";
import { Age } from "../frame/time.tsx";

/** A person's own sign-ins. */
export function SignInsView(props: {
  readonly frame: Frame;
  readonly signIns: readonly { readonly signIn: ListedSignIn; readonly token: string }[];
  readonly othersToken: string;
}) {
  const { frame, othersToken, signIns } = props;
  return (
    <Layout title="Your sign-ins" frame={frame} path="/sign-ins">
      <h1>Your sign-ins</h1>
      <p class="soft">
        Each device that may answer in your name. End one that is lost or that you do not know; it is signed
        out at once.
      </p>
      {signIns.map(({ signIn, token }) => (
        <OwnCard what={`Sign-in ${signIn.signInId}`}>
          <SignInCard
            signIn={signIn}
            token={token}
            isThis={signIn.signInId === frame.signIn.signInId}
            now={frame.now}
          />
        </OwnCard>
      ))}
      {signIns.length > 1 && (
        <form method="post" action="/sign-ins/end-others">
          <input type="hidden" name="csrf" value={othersToken} />
          <button class="btn plain">End all but this device</button>
        </form>
      )}
    </Layout>
  );
}

function SignInCard(props: {
  readonly signIn: ListedSignIn;
  readonly token: string;
  readonly isThis: boolean;
  readonly now: number;
}) {
  const { isThis, now, signIn, token } = props;
  return (
    <article class="card">
      <h3>
        <Exact text={signIn.deviceName} /> {isThis && <State kind="done">This device</State>}
      </h3>
      <p class="small">
        signed in <Age at={signIn.openedAt} now={now} />, until <Age at={signIn.expiresAt} now={now} />
      </p>
      <form method="post" action={`/sign-ins/end/${signIn.signInId}`}>
        <input type="hidden" name="csrf" value={token} />
        <button class="btn plain">End it</button>
      </form>
    </article>
  );
}
