// The view behind a sign-in link. Opening it uses nothing up and does not say whether the link is good: a scanner that follows
// links must neither spend it nor learn from it. Pure.
import { Layout } from "../frame/layout.tsx";

export const DEVICE_NAME_CHARS_MAX = 60;

/** Asks for the device's name; the button redeems the link. */
export function SignInView({ token, problem }: { readonly token: string; readonly problem: string | null }) {
  return (
    <Layout title="Sign in" frame={null}>
      <h1>Sign in this device</h1>
      <p>
        It can then see the desk, acknowledge incidents and answer approval requests in your name, for 30
        days. Only sign in a device that is yours.
      </p>
      <form method="post" action={`/sign-in/${encodeURIComponent(token)}`}>
        {problem !== null && (
          <p class="say no" role="alert" id="problem">
            {problem}
          </p>
        )}
        <label for="device">Name of this device</label>
        <input
          type="text"
          id="device"
          name="deviceName"
          required
          maxlength={DEVICE_NAME_CHARS_MAX}
          autocomplete="off"
          placeholder="Phone"
          aria-describedby={problem === null ? undefined : "problem"}
        />
        <p>
          <button class="btn">Sign in this device</button>
        </p>
      </form>
    </Layout>
  );
}
