// Who may approve: as long as there is no list, the way to its first passkey, which begins with the name that passkeys belong to; else the list. Pure.
import type { Child } from "hono/jsx";
import { Layout } from "../frame/layout.tsx";
import { InAppCard } from "../look/in-app-card.tsx";
import { WhereCard } from "../signing/where-card.tsx";
import { CreateForm } from "./create-form.tsx";
import { DomainView } from "./domain-view.tsx";
import { ListView } from "./list-view.tsx";
import type { PasskeyShown } from "./passkey-shown.ts";

/** The list, or the way to the first passkey. */
export function PasskeyView(shown: PasskeyShown) {
  const { approversNow, choosing, frame, trust } = shown;
  if (trust !== null) return <ListView {...shown} trust={trust} />;
  if (choosing !== null) return <DomainView frame={frame} token={choosing} domains={approversNow.domains} />;
  return <NobodyYet {...shown} />;
}

function NobodyYet({ form, frame, where }: PasskeyShown) {
  return (
    <Layout title="Create your passkey" frame={frame} path="/passkey">
      <div>
        <h1>Nobody can approve a restart yet</h1>
        <p class="lead">
          A restart runs only when a person's passkey has signed exactly it, and the host itself has checked
          that. {form !== null && "Yours is the first."}
        </p>
      </div>
      <InAppCard inApp={frame.inApp} />
      {where.kind !== "here" && <WhereCard where={where} path="/passkey" />}
      {where.kind === "here" && form === null && (
        <section class="card wt" data-says="not-yours">
          <p>
            <b>The first passkey is not yours to make.</b> The rules do not let you approve: somebody who may
            opens this view. Who may, stands under <a href="/people">People</a>.
          </p>
        </section>
      )}
      <div class="split">
        {form !== null && (
          <section class="card" aria-labelledby="create">
            <h2 id="create">Create your passkey</h2>
            <CreateForm form={form} frame={frame} />
          </section>
        )}
        <section class="card" aria-labelledby="after">
          <h2 id="after">What comes of it</h2>
          <ol class="steps">
            <Step number={1}>
              You are who may approve. You sign with your finger, face or screen lock, each time exactly what
              you read.
            </Step>
            <Step number={2}>
              The desk shows eight words. Each host shows the same eight to its root, who compares them: no
              host believes the desk for it.
            </Step>
            <Step number={3}>Whoever comes next is added by a list that you have signed.</Step>
          </ol>
        </section>
      </div>
    </Layout>
  );
}

function Step({ children, number }: { readonly number: number; readonly children?: Child }) {
  return (
    <li>
      <b>{number}</b>
      <div>{children}</div>
    </li>
  );
}
