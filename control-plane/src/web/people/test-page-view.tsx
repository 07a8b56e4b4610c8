// What became of a test page: sent, delivered, received. Its own person says here that it came; everybody else watches.
// Pure.
import type { Child } from "hono/jsx";
import type { TestPage } from "../../core/desk/records/pages/test-page.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { Icon, type IconName } from "../look/icons.tsx";
import { Exact } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";
import { Age } from "../look/time.tsx";

/** So long it is worth watching; after that it stands still. */
const WATCHED_FOR_MS = 10 * 60_000;

/** Where a test page stands. `claimed`: its person says that it came, and no channel reported it. */
export type TestStanding = "sending" | "delivered" | "received" | "claimed" | "lost";

export function standingOf({ deliveredAt, isGivenUp, receipt }: TestPage): TestStanding {
  if (receipt !== null) return deliveredAt === null ? "claimed" : "received";
  if (deliveredAt !== null) return "delivered";
  return isGivenUp ? "lost" : "sending";
}

/** The view behind a test page's link. */
export function TestPageView(props: {
  readonly frame: Frame;
  readonly test: TestPage;
  /** of the person in the rules */
  readonly name: string;
  readonly askedBy: string;
  readonly token: string;
}) {
  const { askedBy, frame, name, test, token } = props;
  const standing = standingOf(test);
  const isOwn = frame.signIn.responder === test.responder;
  const isWatched = standing === "sending" || standing === "delivered";
  const mayChange = isWatched || standing === "claimed";
  const moves = mayChange && frame.now - test.askedAt < WATCHED_FOR_MS ? 3 : null;
  const title = titleOf(test, isOwn, name);
  return (
    <Layout title={title} frame={frame} path="/people" moves={moves}>
      <div>
        <h1>{title}</h1>
        <p class="lead">
          {test.isDrill === true
            ? `A drill of the way to ${isOwn ? "you" : name}, sent by the desk`
            : `A test page, sent by ${askedBy}`}{" "}
          <Age at={test.askedAt} now={frame.now} />. Nothing is wrong.
        </p>
      </div>
      <Steps test={test} name={name} now={frame.now} />
      {standing === "claimed" && (
        <p class="narrow">
          It is tried no more. That the page can wake {isOwn ? "you" : name} is not proven by this: look
          whether the channel works, and send another one.
        </p>
      )}
      {standing === "lost" && <Lost test={test} name={name} />}
      {isOwn && isWatched && <Receipt test={test} token={token} />}
      {!isOwn && isWatched && (
        <p class="soft">Only {name} can say that it came, on a device of theirs that is signed in.</p>
      )}
      <p class="links">
        <a href="/people">All people and their ways</a>
      </p>
    </Layout>
  );
}

function titleOf(test: TestPage, isOwn: boolean, name: string): string {
  const what = test.isDrill === true ? "drill" : "test page";
  switch (standingOf(test)) {
    case "sending":
      return `A ${what} is on its way to ${isOwn ? "you" : name}`;
    case "delivered":
      return isOwn ? `Did the ${what} reach you?` : `Waiting for ${name} to say that it came`;
    case "received":
      return isOwn ? "You got it: pages reach you" : `${name} got it`;
    case "claimed":
      return `${isOwn ? "You say" : `${name} says`} that it came, though no channel reported it`;
    case "lost":
      return `The ${what} did not reach ${isOwn ? "you" : name}`;
  }
}

function Steps(props: { readonly test: TestPage; readonly name: string; readonly now: number }) {
  const { name, now, test } = props;
  const { channel, deliveredAt, deliveredBy, error, receipt } = test;
  const standing = standingOf(test);
  const isLost = standing === "lost";
  const isTried = standing === "sending";
  return (
    <ol class="steps card narrow">
      <Step icon="done" tone="good">
        <b>Sent</b> to {name}
        {channel === null ? " by all ways, in their order" : ` by ${channel} alone`}
      </Step>
      {deliveredAt !== null && (
        <Step icon="done" tone="good">
          <b>Taken by {deliveredBy}</b> after {spanOf(deliveredAt - test.askedAt)}
        </Step>
      )}
      {deliveredAt === null && (
        <Step icon={isTried ? "run" : isLost ? "down" : "todo"} tone={isLost ? "bad" : ""}>
          <b>
            {isTried ? "Being tried" : isLost ? "Nothing took it" : "No channel reported that it took it"}
          </b>
          {error !== null && (
            <p class="small">
              last: <Exact text={error} />
            </p>
          )}
        </Step>
      )}
      <Step icon={standing === "received" ? "done" : "todo"} tone={standing === "received" ? "good" : ""}>
        {receipt === null ? (
          <>{name} has not said that it came</>
        ) : (
          <>
            <b>{name} says that it came</b>, {spanOf(Math.max(0, receipt.at - (deliveredAt ?? test.askedAt)))}{" "}
            later, <Age at={receipt.at} now={now} />
          </>
        )}
      </Step>
    </ol>
  );
}

function Step(props: { readonly icon: IconName; readonly tone: string; readonly children?: Child }) {
  const { children, icon, tone } = props;
  return (
    <li>
      <Icon name={icon} isTurning={icon === "run"} tone={tone} />
      <div>{children}</div>
    </li>
  );
}

function Receipt({ test, token }: { readonly test: TestPage; readonly token: string }) {
  return (
    <form class="narrow" method="post" action={`/people/tests/${encodeURIComponent(test.testId)}/got-it`}>
      <input type="hidden" name="csrf" value={token} />
      <button class="btn full yes">I got it</button>
      <p class="small soft">Say it only when the page itself has come: it proves that you can be woken.</p>
    </form>
  );
}

function Lost({ name, test }: { readonly name: string; readonly test: TestPage }) {
  return (
    <section class="card no narrow" aria-labelledby="next">
      <h2 id="next">What to do</h2>
      <p>
        {test.channel === null
          ? `Each way of ${name} was tried twice, and none took it: a real page would be lost like this one.`
          : `${test.channel} was tried twice and did not take it: a real page would go on to the next way of ${name}.`}{" "}
        Mend the channel in the rules, or its secret in the deployment, and send another test page.
      </p>
      <p class="links">
        <a href="/runbooks/page-undelivered">What may be wrong with a channel</a>
      </p>
    </section>
  );
}
