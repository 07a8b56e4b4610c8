// The brake: what is frozen and by whom, and everything that may be frozen, found by its name. Each form asks for a reason. Pure.
import type { Child } from "hono/jsx";
import type { Freeze } from "../../core/desk-state.ts";
import { nameOf } from "../../core/desk-change.ts";
import { FLEET, scopeKeyOf } from "../../core/freeze-scope.ts";
import type { Subject } from "../../core/signal.ts";
import { Layout, type Frame } from "../layout.tsx";
import { SEARCH_CHARS_MAX } from "../scopes.ts";
import { Exact, When } from "./parts.tsx";

export interface BrakePageProps {
  readonly frame: Frame;
  readonly freezes: readonly { readonly freeze: Freeze; readonly token: string }[];
  /** null: the fleet is frozen already */
  readonly fleetToken: string | null;
  readonly search: string;
  /** the first of those that the search finds */
  readonly scopes: readonly Subject[];
  readonly foundCount: number;
  /** shards that did not answer just now */
  readonly silentShards: readonly string[];
}

const MEANING =
  "While it is frozen nothing is proposed, approved or handed to a host. Detection and pages go on. Only a person lifts it.";

/** All brakes, and the way to pull each. */
export function BrakePage(props: BrakePageProps) {
  const { frame, freezes, fleetToken } = props;
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
              (<Exact text={freeze.by} />, <When at={freeze.at} now={frame.now} />)
            </span>
          </p>
          <WhyForm action={`/brake/lift/${encodeURIComponent(scopeKeyOf(freeze.scope))}`} token={token}>
            Lift the freeze
          </WhyForm>
        </article>
      ))}
      <h2>Freeze</h2>
      <p class="soft">{MEANING}</p>
      {fleetToken !== null && (
        <article class="card">
          <WhyForm action={freezePathOf(FLEET)} token={fleetToken}>
            Freeze {nameOf(FLEET)}
          </WhyForm>
        </article>
      )}
      <Scopes {...props} />
    </Layout>
  );
}

/** The form for one scope. */
export function FreezePage(props: {
  readonly frame: Frame;
  readonly scope: Subject;
  readonly token: string;
}) {
  const name = nameOf(props.scope);
  return (
    <Layout title={`Freeze ${name}`} frame={props.frame} path="/brake">
      <h1>
        Freeze <Exact text={name} />?
      </h1>
      <p>{MEANING}</p>
      <WhyForm action={freezePathOf(props.scope)} token={props.token}>
        Freeze <Exact text={name} />
      </WhyForm>
      <p>
        <a href="/brake">Back to all brakes</a>
      </p>
    </Layout>
  );
}

function Scopes({ search, scopes, foundCount, silentShards }: BrakePageProps) {
  return (
    <section aria-labelledby="scopes">
      <h2 id="scopes">A host or a service</h2>
      <form method="get" action="/brake" role="search">
        <label>
          Name <input type="search" name="q" value={search} maxlength={SEARCH_CHARS_MAX} autocomplete="off" />
        </label>
        <p>
          <button class="plain">Find</button>
        </p>
      </form>
      {silentShards.length > 0 && (
        <p class="say no" role="alert">
          {silentShards.join(", ")} did not answer just now: its hosts are missing here.
        </p>
      )}
      <p class="soft small" role="status">
        {foundCount === 0
          ? "Nothing has that name, or it is frozen already."
          : countWords(scopes.length, foundCount)}
      </p>
      <ul class="list links">
        {scopes.map((scope) => (
          <li>
            <a href={freezePathOf(scope)}>
              Freeze <Exact text={nameOf(scope)} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function countWords(shownCount: number, foundCount: number): string {
  if (shownCount < foundCount)
    return `${shownCount} of ${foundCount}: type more of the name to find the others.`;
  return foundCount === 1 ? "1 found." : `${foundCount} found.`;
}

function freezePathOf(scope: Subject): string {
  return `/brake/freeze/${encodeURIComponent(scopeKeyOf(scope))}`;
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
