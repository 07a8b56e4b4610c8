// What the policy lets the reader do, as Layout hands it down, and what a view leaves out by it: a button that is bound to be refused is none. Pure.
// What a reader would get wrong: it protects nothing. The desk and each form's own check do (core/desk/acts/take-act.ts, web/frame/take-form.ts).
import { type Child, createContext, useContext } from "hono/jsx";
import { listText } from "@countersign/shared/values/list-text";
import { type Role, ROLES } from "../../core/words/roles.ts";
import { Exact } from "./parts.tsx";

/** Names told at once. */
const NAMES_MAX = 4;

/** What the reader may do, for all that stands within a Layout; outside of one nothing is left out. */
export const ReaderRoles = createContext<readonly Role[]>(ROLES);

/** What is there only for who may do it. */
export function May({ children, needs }: { readonly needs: Role; readonly children?: Child }) {
  return useContext(ReaderRoles).includes(needs) ? <>{children}</> : null;
}

/** A form for who may do it; for everybody else one line that says who may. */
export function OnlyWho(props: {
  /** by name, who may; null, absent: the reader may */
  readonly whoMay?: readonly string[] | null;
  /** what it is, behind *may*: `lift it` */
  readonly to: string;
  readonly children?: Child;
}) {
  const { children, to, whoMay = null } = props;
  if (whoMay === null) return <>{children}</>;
  return (
    <p class="soft" data-says="not-yours">
      By the rules you may not {to}.{" "}
      {whoMay.length === 0 ? "Nobody may." : <Exact text={`${namesText(whoMay)} may.`} />}
    </p>
  );
}

function namesText(names: readonly string[]): string {
  if (names.length <= NAMES_MAX) return listText(names);
  return `${names.slice(0, NAMES_MAX).join(", ")} and ${names.length - NAMES_MAX} more`;
}
