// The form by which a browser makes a passkey: the fleet's first, one's own that waits to be let in, or one more. Pure.
import type { Frame } from "../frame/layout.tsx";
import { Exact } from "../look/parts.tsx";
import { PasskeyForm, type PasskeyOptions } from "../signing/passkey-form.tsx";

/** Longest name of a passkey. */
export const PASSKEY_NAME_CHARS_MAX = 60;

/** Its token, and what the browser is asked for. */
export interface Creating {
  readonly token: string;
  readonly options: PasskeyOptions;
}

/** `isQuiet`: something else is the first thing to do here. */
export function CreateForm(props: {
  readonly form: Creating;
  readonly frame: Frame;
  readonly isQuiet?: boolean;
}) {
  const { form, frame, isQuiet = false } = props;
  return (
    <PasskeyForm
      action="/passkey"
      kind="create"
      token={form.token}
      options={form.options}
      says="Create your passkey"
      ready="with your finger, face or screen lock"
      looks={{ button: isQuiet ? "btn full plain" : "btn full yes" }}
    >
      <label for="name">Name of this passkey</label>
      <input
        type="text"
        id="name"
        name="name"
        required
        maxlength={PASSKEY_NAME_CHARS_MAX}
        autocomplete="off"
        aria-describedby="such-as"
      />
      <p class="small soft" id="such-as">
        Such as <Exact text={`${frame.name}'s ${frame.signIn.deviceName}`} />: by it others know whose yes
        they see.
      </p>
    </PasskeyForm>
  );
}
