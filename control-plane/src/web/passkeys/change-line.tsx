// One difference between two versions of the list, in a sentence. Pure.
import { listText } from "@countersign/shared/values/list-text";
import type { Credential } from "@countersign/shared/wire/assertion";
import { ruleWords } from "@countersign/shared/wire/rule-words";
import { Exact } from "../look/parts.tsx";
import { upperFirst } from "../look/upper-first.ts";
import type { ListChange } from "./list-changes.ts";

/** `nameOf`: what the rules call a person. */
export function ChangeLine(props: {
  readonly change: ListChange;
  readonly nameOf: (person: string) => string;
}) {
  const { change, nameOf } = props;
  switch (change.kind) {
    case "person-added":
      return (
        <>
          <Who change={change} nameOf={nameOf} /> may approve from then on, by{" "}
          <Passkeys of={change.passkeys} />.
        </>
      );
    case "person-removed":
      return (
        <>
          <Who change={change} nameOf={nameOf} /> may approve no more: <Passkeys of={change.passkeys} />{" "}
          {change.passkeys.length === 1 ? "counts" : "count"} for nothing.
        </>
      );
    case "passkey-added":
      return (
        <>
          <Who change={change} nameOf={nameOf} /> may approve by <Passkeys of={change.passkeys} /> too.
        </>
      );
    case "passkey-removed":
      return (
        <>
          <Passkeys of={change.passkeys} /> of <Who change={change} nameOf={nameOf} /> counts for nothing any
          more; another passkey of theirs stays.
        </>
      );
    case "threshold":
      return (
        <>
          {upperFirst(peopleCount(change.after))} must sign each later list; until then{" "}
          {peopleCount(change.before)}.
        </>
      );
    case "level":
      return (
        <>
          <b>{upperFirst(change.act)}</b> {change.after === undefined ? "is then " : "then needs "}
          {ruleWords(change.after)}. Until then: {ruleWords(change.before)}.
        </>
      );
    case "desk-key-added":
      return <>A key by which the desk signs is added: {change.keyId}.</>;
    case "desk-key-removed":
      return <>A key by which the desk signs counts for nothing any more: {change.keyId}.</>;
  }
}

function Who(props: {
  readonly change: { readonly person: string };
  readonly nameOf: (person: string) => string;
}) {
  return (
    <b>
      <Exact text={props.nameOf(props.change.person)} />
    </b>
  );
}

function Passkeys({ of }: { readonly of: readonly Credential[] }) {
  return <Exact text={listText(of.map(({ name }) => `“${name}”`))} />;
}

/** `one person`, `two people`. */
export function peopleCount(count: number): string {
  const word = ["nobody", "one", "two", "three", "four", "five", "six", "seven"][count] ?? String(count);
  if (count === 0) return word;
  return count === 1 ? "one person" : `${word} people`;
}
