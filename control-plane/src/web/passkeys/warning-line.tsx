// What a person should know before they sign a next list, in a sentence. Pure.
import { Exact } from "../look/parts.tsx";
import { peopleCount } from "./change-line.tsx";
import type { ListWarning } from "./list-warnings.ts";

/** `nameOf`: what the rules call a person. */
export function WarningLine(props: {
  readonly warning: ListWarning;
  readonly nameOf: (person: string) => string;
}) {
  const { nameOf, warning } = props;
  switch (warning.kind) {
    case "own-last":
      return (
        <>
          <b>You take yourself out.</b> You can approve nothing any more, and a device that you signed in by
          passkey is signed out.
        </>
      );
    case "own-one":
      return (
        <>
          It removes a passkey of yours: sign with one that stays, and devices signed in by it are signed out.
        </>
      );
    case "one-passkey":
      return (
        <>
          <b>
            Only <Exact text={nameOf(warning.person)} /> is left, by one passkey.
          </b>{" "}
          If that device is lost, nothing can be restarted from here, and only the root of each host can let
          somebody in again.
        </>
      );
    case "all-must-sign":
      return (
        <>
          <b>All {warning.count} must sign each later list.</b> If one of them loses their only passkey,
          nobody can change the list any more.
        </>
      );
    case "asker-locks":
      return <>If an approver asks for a {warning.act} themselves, too few others are left to sign it.</>;
    case "too-few-bound":
      return (
        <>
          <b>Nothing of “{warning.act}” could run.</b> It needs {peopleCount(warning.people)} by a passkey
          that stays on its device, and{" "}
          {warning.have === 0 ? "nobody has" : `only ${peopleCount(warning.have)} would have`} one.
        </>
      );
    case "closed":
      return (
        <>
          <b>Nothing of “{warning.act}” runs any more</b>, whoever approves it.
        </>
      );
  }
}
