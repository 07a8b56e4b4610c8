// What who is not signed in is shown, whatever they asked for: how to sign in, by passkey where the fleet has any, and by link. Pure. It says nothing
// about what is here.
import type { InApp } from "../look/in-app-browser.ts";
import { InAppCard } from "../look/in-app-card.tsx";
import { PasskeyForm } from "../signing/passkey-form.tsx";
import { Layout } from "./layout.tsx";
import type { SignInOffer } from "./sign-in-offer.ts";

/** `isAsked`: they opened the way in itself, and not something behind it. */
export function SignInNeededView(props: {
  readonly offer: SignInOffer | null;
  readonly inApp: InApp | null;
  readonly isAsked?: boolean;
}) {
  const { inApp, isAsked = false, offer } = props;
  return (
    <Layout title="Sign in" frame={null}>
      <div>
        <h1>{isAsked ? "Sign in" : "This device is not signed in"}</h1>
        <p class="lead">Nothing is shown or done here without a signed-in device.</p>
      </div>
      <InAppCard inApp={inApp} />
      {offer !== null && <ByPasskey offer={offer} />}
      <section class="narrow" aria-labelledby="by-link">
        <h2 id="by-link">{offer === null ? "How to sign in" : "Or by a link"}</h2>
        <p>
          Open a sign-in link on this device: you come back to this address then. A device of yours that is
          signed in shows one as a code, under People; else whoever runs this desk can make one for you. It
          works once, and for a short time.
        </p>
      </section>
    </Layout>
  );
}

// The challenge takes the place of a token: there is no sign-in yet to key one from, and it is good once.
function ByPasskey({ offer: { challenge, options } }: { readonly offer: SignInOffer }) {
  return (
    <PasskeyForm
      action="/sign-in"
      kind="get"
      token={challenge}
      options={options}
      says="Sign in with your passkey"
      ready="with your finger, face or screen lock"
      looks={{ form: "card narrow", button: "btn full yes" }}
    >
      <h2>By your passkey</h2>
      <p class="small soft">The one by which you approve, on this device or on a phone near it.</p>
    </PasskeyForm>
  );
}
