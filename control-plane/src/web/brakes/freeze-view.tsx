// Freezing: what is frozen and by whom, everything that may be frozen, found by its name, and the forms that freeze and
// lift. Each asks for a reason.
// What a reader would get wrong: in code a freeze is pulled and lifted on the brake; people read *freeze* alone. Pure.
import type { Freeze } from "../../core/desk/records/freeze.ts";
import { FLEET, nameOf, placeNameOf, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { WhyField, WhyForm } from "../frame/why-form.tsx";
import { OnlyWho } from "../look/may.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Exact, Title } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import { FreezeLine, ownerOf } from "./brake-lines.tsx";
import { freezePathOf, liftPathOf } from "./brake-paths.ts";
import type { FoundScopes } from "./scope-lookup.ts";
import { ScopeSearch } from "./scope-search.tsx";
import { findScopes } from "./scopes.ts";
import { type People, whoOf } from "./who.ts";

export interface FreezesViewProps {
  readonly frame: Frame;
  readonly freezes: readonly Freeze[];
  readonly people: People;
  /** null: the fleet is frozen already */
  readonly fleetToken: string | null;
  readonly search: string;
  readonly result: FoundScopes;
  /** who may freeze, by name; null, absent: the reader may */
  readonly whoMay?: readonly string[] | null;
}

/** Freezes listed at once; the search finds the others. */
export const FREEZES_SHOWN_MAX = 50;

/** What it does and what it does not. */
function Meaning() {
  return (
    <p class="soft small">
      Nothing runs where it is frozen, neither by itself nor by a yes; what waits to run is taken back.
      Watching and pages go on. It stays so until a person lifts it.
    </p>
  );
}

/** All freezes, the widest and then the newest first, and the way to freeze more. */
export function FreezesView(props: FreezesViewProps) {
  const { fleetToken, frame, people, search } = props;
  const freezes = inOrder(props.freezes);
  const meant = new Set(
    findScopes(
      freezes.map(({ scope }) => scope),
      search,
    ),
  );
  const found = freezes.filter(({ scope }) => meant.has(scope));
  const frozen = new Set(freezes.map(({ scope }) => subjectKeyOf(scope)));
  const free = props.result.found.filter((scope) => !frozen.has(subjectKeyOf(scope)));
  return (
    <Layout title="Freeze" frame={frame} path="/brake">
      <h1>{titleOf(freezes)}</h1>
      {freezes.length === 0 && (
        <p class="lead">Freeze when automation does harm, or while you work on something.</p>
      )}
      {found.slice(0, FREEZES_SHOWN_MAX).map((freeze) => (
        <OwnCard what={`The freeze of ${placeNameOf(freeze.scope)}`}>
          <FreezeCard freeze={freeze} people={people} now={frame.now} />
        </OwnCard>
      ))}
      {found.length > FREEZES_SHOWN_MAX && (
        <p class="soft">{found.length - FREEZES_SHOWN_MAX} more: find them by their names below.</p>
      )}
      {found.length === 0 && freezes.length > 0 && (
        <p class="soft">Nothing frozen has the name that you look for.</p>
      )}
      <Meaning />
      <OnlyWho whoMay={props.whoMay ?? null} to="freeze anything">
        <div class="split">
          {fleetToken !== null && (
            <section class="card" aria-labelledby="all">
              <h2 id="all">Freeze everything</h2>
              <WhyForm action={freezePathOf(FLEET)} token={fleetToken}>
                Freeze the whole fleet
              </WhyForm>
            </section>
          )}
          <section class="card" aria-labelledby="one">
            <h2 id="one">Freeze one host, or one service</h2>
            <ScopeSearch
              {...props}
              result={{ ...props.result, found: free }}
              action="/brake"
              linkStart="/brake/freeze/"
              verb="Freeze"
            />
          </section>
        </div>
      </OnlyWho>
    </Layout>
  );
}

/** The form for one scope. */
export function FreezeView(props: {
  readonly frame: Frame;
  readonly scope: Subject;
  readonly token: string;
  /** who may, by name; null, absent: the reader may */
  readonly whoMay?: readonly string[] | null;
}) {
  const { frame, scope, token } = props;
  return (
    <Layout title={`Freeze ${nameOf(scope)}`} frame={frame} path="/brake">
      <h1>
        Freeze <Title text={nameOf(scope)} />?
      </h1>
      <section class="card narrow">
        <Meaning />
        <OnlyWho whoMay={props.whoMay ?? null} to="freeze it">
          <form method="post" action={freezePathOf(scope)}>
            <input type="hidden" name="csrf" value={token} />
            <WhyField />
            <button class="btn full">
              <span>
                Freeze <Exact text={nameOf(scope)} />
              </span>
              <small>the others are told quietly, nobody is woken</small>
            </button>
          </form>
        </OnlyWho>
      </section>
      <p class="links">
        <a href="/brake">All that is frozen</a>
      </p>
    </Layout>
  );
}

/** The form that lifts one freeze. */
export function LiftView(props: {
  readonly frame: Frame;
  readonly freeze: Freeze;
  readonly people: People;
  readonly token: string;
  /** who may, by name; null, absent: the reader may */
  readonly whoMay?: readonly string[] | null;
}) {
  const { frame, freeze, people, token } = props;
  const { at, by, scope, why } = freeze;
  return (
    <Layout title={`Lift the freeze of ${nameOf(scope)}`} frame={frame} path="/brake">
      <h1>
        Lift the freeze of <Title text={nameOf(scope)} />?
      </h1>
      <section class="card narrow">
        <dl class="facts">
          <dt>Frozen by</dt>
          <dd>
            <Exact text={whoOf(by, people)} />, <Age at={at} now={frame.now} />
          </dd>
          {why.trim() !== "" && <dt>Because</dt>}
          {why.trim() !== "" && (
            <dd>
              <Exact text={why} />
            </dd>
          )}
        </dl>
        <p class="small soft">
          From then on what may run by itself runs again, and questions are put. What waited meanwhile is not
          made up for.
        </p>
        <OnlyWho whoMay={props.whoMay ?? null} to="lift it">
          <form method="post" action={liftPathOf(scope)}>
            <input type="hidden" name="csrf" value={token} />
            <WhyField />
            <button class="btn full">
              <span>
                Lift <Exact text={ownerOf(scope)} />
                's freeze
              </span>
              <small>
                automation on {scope.kind === "fleet" ? "the fleet" : <Exact text={nameOf(scope)} />} goes on
              </small>
            </button>
          </form>
        </OnlyWho>
      </section>
      <p class="links">
        <a href="/brake">All that is frozen</a>
      </p>
    </Layout>
  );
}

function FreezeCard(props: { readonly freeze: Freeze; readonly people: People; readonly now: number }) {
  const { freeze } = props;
  return (
    <article class="card">
      <h2>
        <State kind="frozen">
          <Title text={capital(nameOf(freeze.scope))} />
        </State>
      </h2>
      <FreezeLine {...props} what="it" />
    </article>
  );
}

function titleOf(freezes: readonly Freeze[]): string {
  if (freezes.length === 0) return "Nothing is frozen";
  if (freezes.some(({ scope }) => scope.kind === "fleet")) return "The whole fleet is frozen";
  return freezes.length === 1 ? "1 freeze holds" : `${freezes.length} freezes hold`;
}

const WIDTHS: readonly Subject["kind"][] = ["fleet", "host", "service"];

function inOrder(freezes: readonly Freeze[]): readonly Freeze[] {
  return freezes.toSorted(
    (left, right) =>
      WIDTHS.indexOf(left.scope.kind) - WIDTHS.indexOf(right.scope.kind) ||
      right.at - left.at ||
      subjectKeyOf(left.scope).localeCompare(subjectKeyOf(right.scope)),
  );
}

function capital(name: string): string {
  return name === nameOf(FLEET) ? "The whole fleet" : name;
}
