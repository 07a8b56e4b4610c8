// A form that a passkey signs: its button opens the device's sheet, and what that signed goes with it. Without the desk's script the button cannot
// be pressed and says so. Pure.
import type { Child } from "hono/jsx";
import { PASSKEY_SCRIPT_SOURCE } from "../look/passkey-script.ts";

/** What the sheet is opened with, as `navigator.credentials` takes it in JSON. */
export type PasskeyOptions = Readonly<Record<string, unknown>> & { readonly challenge: string };

/** Where no script runs, nothing can be signed. */
const NEEDS_SCRIPT = "signing needs script, and none runs here";

/** The children stand above the button. */
export function PasskeyForm(props: {
  readonly action: string;
  readonly token: string;
  readonly kind: "get" | "create";
  readonly options: PasskeyOptions;
  /** where the script asks at the tap what is signed then, and the name of what is read here; absent: it cannot change */
  readonly current?: { readonly path: string; readonly read: string };
  /** the button's words, and what comes of it, below them */
  readonly says: string;
  readonly ready: string;
  readonly looks?: { readonly form?: string; readonly button?: string };
  readonly describedBy?: string;
  readonly children?: Child;
}) {
  const { action, children, current, kind, looks = {}, options, ready, says, token } = props;
  return (
    <form
      method="post"
      action={action}
      class={looks.form}
      data-passkey={kind}
      data-options={JSON.stringify(options)}
      data-current={current?.path}
      data-read={current?.read}
    >
      <input type="hidden" name="csrf" value={token} />
      <input type="hidden" name={kind === "create" ? "registration" : "assertion"} value="" />
      {children}
      <p class="small" role="status" />
      <button class={looks.button ?? "btn"} disabled data-ready={ready} aria-describedby={props.describedBy}>
        <span>{says}</span>
        <small>{NEEDS_SCRIPT}</small>
      </button>
      <script src={PASSKEY_SCRIPT_SOURCE} defer />
    </form>
  );
}
