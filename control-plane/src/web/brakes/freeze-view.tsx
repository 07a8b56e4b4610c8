// The brake: what is frozen and by whom, and everything that may be frozen, found by its name. Each form asks for a reason. Pure.
import type { Freeze } from "../../core/desk/records/freeze.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import { FLEET, nameOf, placeNameOf, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { Exact } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";
import { WhyForm } from "../frame/why-form.tsx";
import type { FoundScopes } from "./scope-lookup.ts";
import { ScopeSearch } from "./scope-search.tsx";

export interface FreezesViewProps {
  readonly frame: Frame;
  readonly freezes: readonly { readonly freeze: Freeze; readonly token: string }[];
  /** null: the fleet is frozen already */
  readonly fleetToken: string | null;
  readonly search: string;
  readonly result: FoundScopes;
}

const MEANING =
  "While it is frozen nothing is proposed, approved or handed to a host. Detection and pages go on. Only a person lifts it.";

/** All brakes, and the way to pull each. */
export function FreezesView(props: FreezesViewProps) {
  const { frame, freezes, fleetToken } = props;
  return (
    <Layout title="Brake" frame={frame} path="/brake">
      <h1>{freezes.length === 0 ? "Nothing is frozen" : "Automation is frozen"}</h1>
      {freezes.map(({ freeze, token }) => (
        <OwnCard what={`The freeze of ${placeNameOf(freeze.scope)}`}>
          <FreezeCard freeze={freeze} token={token} now={frame.now} />
        </OwnCard>
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
      <h2>A host or a service</h2>
      <ScopeSearch {...props} action="/brake" linkStart="/brake/freeze/" verb="Freeze" />
    </Layout>
  );
}

/** The form for one scope. */
export function FreezeView(props: {
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

/** Where a scope is frozen. */
export function freezePathOf(scope: Subject): string {
  return `/brake/freeze/${encodeURIComponent(subjectKeyOf(scope))}`;
}

function FreezeCard(props: { readonly freeze: Freeze; readonly token: string; readonly now: number }) {
  const { freeze, now, token } = props;
  return (
    <article class="card">
      <h3>
        <Exact text={nameOf(freeze.scope)} />
      </h3>
      <p>
        <Exact text={freeze.why} />{" "}
        <span class="soft small">
          (<Exact text={actorNameOf(freeze.by)} />, <Age at={freeze.at} now={now} />)
        </span>
      </p>
      <WhyForm action={`/brake/lift/${encodeURIComponent(subjectKeyOf(freeze.scope))}`} token={token}>
        Lift the freeze
      </WhyForm>
    </article>
  );
}
