// The devices on which a person is signed in, and the way to end each. Pure.
import type { ListedSession } from "../../actors/rpc.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { Badge, Exact, When } from "../frame/parts.tsx";

/** A person's own sign-ins. */
export function SessionsView(props: {
  readonly frame: Frame;
  readonly sessions: readonly { readonly session: ListedSession; readonly token: string }[];
  readonly othersToken: string;
}) {
  const { frame, othersToken, sessions } = props;
  return (
    <Layout title="Your sign-ins" frame={frame} path="/sign-ins">
      <h1>Your sign-ins</h1>
      <p class="soft">
        Each device that may answer in your name. End one that is lost or that you do not know; it is signed
        out at once.
      </p>
      {sessions.map(({ session, token }) => (
        <OwnCard what={`Sign-in ${session.sessionId}`}>
          <SessionCard
            session={session}
            token={token}
            isThis={session.sessionId === frame.session.sessionId}
            now={frame.now}
          />
        </OwnCard>
      ))}
      {sessions.length > 1 && (
        <form method="post" action="/sign-ins/end-others">
          <input type="hidden" name="csrf" value={othersToken} />
          <button class="plain">End all but this device</button>
        </form>
      )}
    </Layout>
  );
}

function SessionCard(props: {
  readonly session: ListedSession;
  readonly token: string;
  readonly isThis: boolean;
  readonly now: number;
}) {
  const { isThis, now, session, token } = props;
  return (
    <article class="card">
      <h3>
        <Exact text={session.deviceName} /> {isThis && <Badge shape="check">This device</Badge>}
      </h3>
      <p class="small">
        signed in <When at={session.openedAt} now={now} />, until <When at={session.expiresAt} now={now} />
      </p>
      <form method="post" action={`/sign-ins/end/${session.sessionId}`}>
        <input type="hidden" name="csrf" value={token} />
        <button class="plain">End it</button>
      </form>
    </article>
  );
}
