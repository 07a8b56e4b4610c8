// The brake: what is frozen and by whom, what may be frozen, and which pages are silenced. Each form asks for a reason. Pure.
import type { Child } from "hono/jsx";
import type { Freeze, Silence } from "../../core/desk-state.ts";
import { nameOf } from "../../core/desk-change.ts";
import { scopeKeyOf } from "../../core/freeze-scope.ts";
import type { Subject } from "../../core/signal.ts";
import { Layout, type Frame } from "../layout.tsx";
import { Exact, When } from "./parts.tsx";

export interface BrakePageProps {
  readonly frame: Frame;
  readonly freezes: readonly { readonly freeze: Freeze; readonly token: string }[];
  readonly scopes: readonly { readonly scope: Subject; readonly token: string }[];
  readonly silences: readonly Silence[];
}

/** All brakes, and the forms to pull and lift them. */
export function BrakePage({ frame, freezes, scopes, silences }: BrakePageProps) {
  return (
    <Layout title="Brake" frame={frame} path="/brake">
      <h1>{freezes.length === 0 ? "Nothing is frozen" : "Automation is frozen"}</h1>
      {freezes.map(({ freeze, token }) => (
        <article class="card">
          <h3>
            <Exact text={nameOf(freeze.scope)} />
          </h3>
          <p>
            <Exact text={freeze.why} />{" "}
            <span class="soft small">
              ({freeze.by}, <When at={freeze.at} now={frame.now} />)
            </span>
          </p>
          <WhyForm action={`/brake/lift/${encodeURIComponent(scopeKeyOf(freeze.scope))}`} token={token}>
            Lift the freeze
          </WhyForm>
        </article>
      ))}
      <h2>Freeze</h2>
      <p class="soft">
        While it is frozen nothing is proposed, approved or handed to a host. Detection and pages go on. Only
        a person lifts it.
      </p>
      {scopes.map(({ scope, token }) => (
        <article class="card">
          <WhyForm action={`/brake/freeze/${encodeURIComponent(scopeKeyOf(scope))}`} token={token}>
            Freeze {nameOf(scope)}
          </WhyForm>
        </article>
      ))}
      <Silences silences={silences} now={frame.now} />
    </Layout>
  );
}

function WhyForm(props: { readonly action: string; readonly token: string; readonly children?: Child }) {
  const { action, token, children } = props;
  return (
    <form method="post" action={action}>
      <input type="hidden" name="csrf" value={token} />
      <label>
        Why <input type="text" name="why" required maxlength={300} autocomplete="off" />
      </label>
      <p>
        <button class="plain">{children}</button>
      </p>
    </form>
  );
}

function Silences({ silences, now }: { readonly silences: readonly Silence[]; readonly now: number }) {
  if (silences.length === 0) return null;
  return (
    <>
      <h2>Silenced pages</h2>
      <ul class="list">
        {silences.map(({ by, endsAt, matcher, why }) => (
          <li>
            {[matcher.reason, matcher.service, matcher.hostId].filter((part) => part !== null).join(", ")}:{" "}
            <Exact text={why} /> <span class="soft small">({by})</span>
            <br />
            until <When at={endsAt} now={now} />
          </li>
        ))}
      </ul>
    </>
  );
}
