// Everybody of the rules: who is woken when, by which ways, and by which devices they answer. Pure.
import { isHint, type RouteWarning } from "../../core/desk/paging/route-warning.ts";
import type { Policy } from "../../policy/policy.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { PagedWhen, type RulesInForce } from "./paged-when.tsx";
import { type OwnTokens, PersonCard, type ShownPerson } from "./person-card.tsx";
import { type ShownWay, Ways, WaysToMend } from "./ways.tsx";

/** All that the view shows. */
export interface PeopleShown {
  readonly policy: Policy;
  readonly rules: RulesInForce | null;
  readonly ways: readonly ShownWay[];
  readonly hiddenWayCount: number;
  /** who reads it first, then in the order in which they are paged */
  readonly people: readonly ShownPerson[];
  readonly hiddenPersonCount: number;
  readonly own: OwnTokens;
}

/** The view. */
export function PeopleView({ frame, shown }: { readonly frame: Frame; readonly shown: PeopleShown }) {
  const { now } = frame;
  const { hiddenPersonCount, people } = shown;
  return (
    <Layout title="People" frame={frame} path="/people" moves={isBeingTried(shown) ? 5 : null}>
      <div>
        <h1>{titleOf(frame.warnings)}</h1>
        <p class="lead">Who is woken, how, and by which devices they answer.</p>
      </div>
      <div class="split right">
        <div>
          <PagedWhen policy={shown.policy} rules={shown.rules} now={now} />
          <WaysToMend
            ways={shown.ways}
            policy={shown.policy}
            hints={frame.warnings.filter(isHint)}
            now={now}
          />
        </div>
        <div>
          {people.length === 1 && hiddenPersonCount === 0 && <Alone />}
          {people.map((person) => (
            <OwnCard what={person.responder}>
              <PersonCard person={person} own={shown.own} now={now} />
            </OwnCard>
          ))}
          {hiddenPersonCount > 0 && (
            <p class="small soft">
              {hiddenPersonCount} more people are in the rules. <code>countersign sign-ins list</code> shows
              everybody's devices.
            </p>
          )}
          <p class="links">
            <a href="/passkey">Who may approve, and by which passkeys</a>
          </p>
        </div>
        <div>
          <Ways ways={shown.ways} hiddenCount={shown.hiddenWayCount} now={now} />
        </div>
      </div>
    </Layout>
  );
}

function titleOf(warnings: readonly RouteWarning[]): string {
  return warnings.some(({ reason }) => reason === "no-channel") ? "Nobody can be paged" : "People";
}

function isBeingTried({ ways }: PeopleShown): boolean {
  return ways.some(({ way }) => way.state === "pending");
}

function Alone() {
  return (
    <section class="card wt" aria-labelledby="alone">
      <h2 id="alone">You are alone</h2>
      <p>
        Whoever sleeps through a page is woken again, and nobody else is. Add a second person to the rules.
      </p>
    </section>
  );
}
