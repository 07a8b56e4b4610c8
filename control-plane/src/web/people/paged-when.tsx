// Who is paged when, in the words of people: each step of the escalation with whom it wakes and by which ways. Pure.
import { listText } from "@countersign/shared/values/list-text";
import { namedAt } from "@countersign/shared/values/named";
import type { Actor } from "../../core/words/actor.ts";
import type { Policy } from "../../policy/policy.ts";
import { spanOf } from "../look/place-time.ts";
import { Age } from "../look/time.tsx";
import { actorNameIn, wayName } from "./people-words.ts";

type Responder = Policy["responders"][number];

/** The version of the rules that is in force, and who put it there; null: the deployment brought it. */
export interface RulesInForce {
  readonly version: number;
  readonly appliedAt: number;
  readonly appliedBy: Actor;
}

/** The card. */
export function PagedWhen(props: {
  readonly policy: Policy;
  readonly rules: RulesInForce | null;
  readonly now: number;
}) {
  const { now, policy, rules } = props;
  const { repeatMs, steps } = policy.escalation;
  return (
    <section class="card" aria-labelledby="when">
      <h2 id="when">Who is paged when</h2>
      <ol class="steps">
        {steps.map((step, index) => (
          <li>
            <b>{index + 1}</b>
            <div>
              <Step policy={policy} step={step} />
            </div>
          </li>
        ))}
      </ol>
      <p class="small soft">
        Then, {spanOf(repeatMs)} after the last, from the top
        {hasMoreWays(policy) && " by the next way of each, from the third time on by all ways at once"}, at
        growing pauses, until somebody takes it. {rules === null && "These rules came with the deployment."}
        {rules !== null && (
          <>
            Rules, version {rules.version}, by {actorNameIn(policy, rules.appliedBy)}{" "}
            <Age at={rules.appliedAt} now={now} />.
          </>
        )}
      </p>
      <p class="links">
        <a href="/policy">See the rules</a>
      </p>
    </section>
  );
}

function Step(props: { readonly policy: Policy; readonly step: Policy["escalation"]["steps"][number] }) {
  const { policy, step } = props;
  const people = step.notify.flatMap((id) => policy.responders.find((each) => each.id === id) ?? []);
  return (
    <>
      {step.afterMs === 0 ? "At once" : `After ${spanOf(step.afterMs)} without an answer`}:{" "}
      {people.map((person, index) => (
        <>
          {index > 0 && (index === people.length - 1 ? " and " : ", ")}
          <b>{person.name}</b>
          {people.length === 1 && `, by ${waysOf(policy, person)}`}
        </>
      ))}
      {people.length > 1 && ", each by the first of their ways that works"}.
    </>
  );
}

/** Somebody whom a step names has more than one way. */
function hasMoreWays({ escalation, responders }: Policy): boolean {
  const named = new Set(escalation.steps.flatMap(({ notify }) => notify));
  return responders.some(({ channels, id }) => named.has(id) && channels.length > 1);
}

function waysOf({ channels }: Policy, person: Responder): string {
  const names = person.channels.map((channel) =>
    wayName({ channel, kind: namedAt(channels, channel)?.kind ?? "" }),
  );
  const [first = "nothing", ...others] = names;
  return others.length === 0 ? first : `${first}; where that fails, by ${listText(others)}`;
}
