// A form with one act and its reason: every act that steers the desk says why. Pure.
import type { Child } from "hono/jsx";
import { WHY_CHARS_MAX } from "./fields.ts";

/** The button's words are the children. */
export function WhyForm(props: {
  readonly action: string;
  readonly token: string;
  readonly children?: Child;
}) {
  const { action, token, children } = props;
  return (
    <form method="post" action={action}>
      <input type="hidden" name="csrf" value={token} />
      <WhyField />
      <p>
        <button class="btn plain">{children}</button>
      </p>
    </form>
  );
}

/** The reason alone, for forms that ask for more. */
export function WhyField(props: { readonly isOptional?: boolean; readonly value?: string }) {
  const { isOptional = false, value = "" } = props;
  return (
    <label>
      Why{" "}
      <input
        type="text"
        name="why"
        value={value}
        required={!isOptional}
        maxlength={WHY_CHARS_MAX}
        autocomplete="off"
      />
    </label>
  );
}
