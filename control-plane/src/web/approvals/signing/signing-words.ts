// Who has signed and who must, in sentences. Pure.
import { listText } from "@countersign/shared/values/list-text";
import { upperFirst } from "../../look/upper-first.ts";
import type { Signing } from "./who-must-sign.ts";

/** What a person is called. */
export type NameOf = (person: string) => string;

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight"];

function countOf(count: number): string {
  return NUMBERS[count] ?? String(count);
}

function canReader({ own }: Signing): boolean {
  return own.kind === "ready" || own.kind === "elsewhere";
}

/** So many as are missing cannot sign it. */
export function isTooFew(signing: Signing): boolean {
  return signing.others.length + (canReader(signing) ? 1 : 0) < signing.missingCount;
}

/** The reader's own signature is not what it waits for. */
export function isOthersTurn({ own }: Signing): boolean {
  return !["ready", "elsewhere", "no-trust"].includes(own.kind);
}

/** `Alice has signed. One more person must: Omar or Ben.` */
export function signedSoFar(signing: Signing, nameOf: NameOf): string {
  const { missingCount, others, signed } = signing;
  const able = [...(canReader(signing) ? ["you"] : []), ...others.map(nameOf)];
  const more = signed.length === 0 ? "" : " more";
  const must =
    missingCount === 1
      ? `${upperFirst(countOf(1))}${more} person must sign`
      : `${upperFirst(countOf(missingCount))}${more} people must sign`;
  const whom = able.length === 0 ? "and nobody else can" : listWords(able, missingCount);
  const isShort = able.length > 0 && able.length < missingCount;
  const short = isShort ? " So it cannot run: too few can sign it." : "";
  return `${signed.length === 0 ? "" : `${hasSigned(signed.map(nameOf))} `}${must}${able.length === 0 ? ", " : ": "}${whom}.${short}`;
}

function listWords(able: readonly string[], missingCount: number): string {
  if (able.length < missingCount) return `only ${listText(able)} can`;
  return able.length === missingCount ? listText(able) : listText(able, "or");
}

function hasSigned(names: readonly string[]): string {
  const isPlural = names.length > 1 || names[0] === "you";
  return `${upperFirst(listText(names))} ${isPlural ? "have" : "has"} signed.`;
}

/** Who can instead of the reader; empty: nobody. */
export function othersCan({ others }: Signing, nameOf: NameOf): string {
  return others.length === 0
    ? "Nobody else can sign it yet."
    : `${listText(others.map(nameOf), "or")} can sign it.`;
}
