// A desk that watches nothing yet: what is left to do, each step with its proof and one way to it; what was done first says
// so. Pure.
import type { Child } from "hono/jsx";
import { listText } from "@countersign/shared/values/list-text";
import type { SignIn } from "../../platform/sign-in-shapes.ts";
import { Icon } from "../look/icons.tsx";
import { Exact } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";
import type { ReachSteps } from "./reach-steps.ts";

interface FirstStepsProps {
  readonly signIn: SignIn;
  /** what the policy calls the reader */
  readonly name: string;
  readonly steps: ReachSteps;
  /** somebody may approve */
  readonly hasApprovers: boolean;
  /** another button of the view is the filled one */
  readonly isSecond: boolean;
}

interface StepFacts {
  readonly name: string;
  readonly isDone: boolean;
  readonly says: Child;
  readonly way: { readonly path: string; readonly words: string } | null;
  /** what is done with a command, somewhere else: the way leads to what is read first, and is no button */
  readonly command?: string;
}

/** The steps in their order; the first that is not done has the button. */
function stepsIn({ hasApprovers, name, signIn, steps }: FirstStepsProps): readonly StepFacts[] {
  const { channels, seenTest } = steps;
  return [
    {
      name: "Sign in",
      isDone: true,
      says: <Exact text={`You are ${name}, on ${signIn.deviceName}.`} />,
      way: null,
    },
    {
      name: "Create your passkey",
      isDone: hasApprovers,
      says: hasApprovers
        ? "Somebody may approve, and hosts check it themselves."
        : "A restart runs only when your finger, face or screen lock has signed exactly it.",
      way: { path: "/passkey", words: hasApprovers ? "Who may approve" : "Create your passkey" },
    },
    {
      name: "Choose how to wake you",
      isDone: channels.names.length > 0,
      says:
        channels.names.length > 0 ? (
          <Exact text={`By ${listText(channels.names)}.`} />
        ) : (
          <>
            On the machine where you run <code>countersign</code>: write the rules into a file, put a channel
            that reaches your phone (such as ntfy) and your name on it in there, and apply it.
          </>
        ),
      way: { path: "/policy", words: "Read the rules in force" },
      command:
        'countersign policy show > policy.yaml\ncountersign policy apply policy.yaml --why "a way to wake me"',
    },
    {
      name: "Send yourself a test page",
      isDone: seenTest !== null,
      says:
        seenTest === null
          ? "Lock the phone first. Done when you open the page that it brings."
          : `Seen after ${spanOf(Math.max(0, (seenTest.seenAt ?? seenTest.at) - seenTest.at))}.`,
      way: { path: "/people#ways", words: "To your channels" },
    },
    {
      name: "Add the first host",
      isDone: false,
      says: "It takes one command on the host. It shows what it will do, and asks before it does it.",
      way: { path: "/hosts/new", words: "Add a host" },
    },
  ];
}

/** What the view of an empty desk is called. */
export function firstStepsTitle({ channels, seenTest }: ReachSteps, hasApprovers: boolean): string {
  if (!hasApprovers) return "Nobody can approve a restart yet";
  if (channels.names.length === 0) return "Nobody can be paged yet";
  return seenTest === null ? "Whether a page reaches you is not proven yet" : "No host is watched yet";
}

/** How many steps are done, of how many. */
export function stepCounts(props: Omit<FirstStepsProps, "isSecond">): {
  readonly done: number;
  readonly all: number;
} {
  const steps = stepsIn({ ...props, isSecond: false });
  return { done: steps.filter(({ isDone }) => isDone).length, all: steps.length };
}

/** The list. */
export function FirstSteps(props: FirstStepsProps) {
  const steps = stepsIn(props);
  const current = steps.findIndex(({ isDone }) => !isDone);
  return (
    <div class="split right">
      <ol class="steps card" aria-label="Steps">
        {steps.map((step, index) => (
          <Step step={step} number={index + 1} isCurrent={index === current} isFilled={!props.isSecond} />
        ))}
      </ol>
      <div>
        <Later steps={props.steps} />
        <section class="card" aria-labelledby="can">
          <h2 id="can">What it can and cannot do</h2>
          <p>
            A host runs only what its own root put on its list, and a restart only after your yes, checked on
            the host itself.
          </p>
        </section>
      </div>
    </div>
  );
}

function Step(props: {
  readonly step: StepFacts;
  readonly number: number;
  readonly isCurrent: boolean;
  readonly isFilled: boolean;
}) {
  const { isCurrent, isFilled, number, step } = props;
  const { command, isDone, name, says, way } = step;
  return (
    <li aria-current={isCurrent ? "step" : undefined}>
      {isDone ? <Icon name="done" tone="good" /> : <b class={isCurrent ? "bad" : "soft"}>{number}</b>}
      <div>
        <h2>
          {name}
          {isDone && <span class="vh">: done</span>}
        </h2>
        <p class={isCurrent ? undefined : "soft"}>{says}</p>
        {isCurrent && command !== undefined && <pre tabindex={0}>{command}</pre>}
        {!isDone && way !== null && (
          <a
            class={isCurrent && command === undefined ? (isFilled ? "btn" : "btn plain") : "tap"}
            href={way.path}
          >
            {way.words}
          </a>
        )}
      </div>
    </li>
  );
}

/** Not needed to begin with. */
function Later({ steps }: { readonly steps: ReachSteps }) {
  const { deviceCount, others } = steps;
  return (
    <section class="card" aria-labelledby="later">
      <h2 id="later">Good to have, later</h2>
      <ul class="steps">
        <Extra
          isDone={others.length > 0}
          path="/people"
          name="A second person"
          says={
            others.length > 0
              ? others.map(({ name }) => name).join(", ")
              : "who is woken when you do not answer"
          }
        />
        <Extra
          isDone={deviceCount > 1}
          path="/people"
          name="A second device"
          says={
            deviceCount > 1 ? `you are signed in on ${deviceCount}` : "so that a lost phone locks nobody out"
          }
        />
        <Extra
          isDone={false}
          path="/healthz"
          name="A watch on this desk"
          says="another service that fetches this address every minute, and pages you if it does not say ok"
        />
      </ul>
    </section>
  );
}

function Extra(props: {
  readonly isDone: boolean;
  readonly path: string;
  readonly name: string;
  readonly says: string;
}) {
  return (
    <li>
      <Icon name={props.isDone ? "done" : "todo"} {...(props.isDone ? { tone: "good" } : {})} />
      <div>
        <a class="tap" href={props.path}>
          <span>
            <u>{props.name}</u>
            {props.isDone && <span class="vh">: done</span>}
            <br />
            <small class="small soft">
              <Exact text={props.says} />
            </small>
          </span>
        </a>
      </div>
    </li>
  );
}
