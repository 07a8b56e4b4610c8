// What a reason means for one incident: the two sentences with which its runbook begins, with the incident's own names in
// the place of SERVICE and HOST, and the commands to look with. Pure. A name is a part of its own, never a part of a text
// that is read again.
import { upperFirst } from "../look/upper-first.ts";
import { blocksOf } from "./runbook-blocks.ts";
import { runbookOf } from "./runbooks.ts";
import { type CommandNames, commandOf, shellWord } from "./shell-command.ts";

/** A piece of a sentence: words of ours, or a name as it was told. */
export interface MeaningPart {
  readonly kind: "words" | "name";
  readonly text: string;
}

export interface Meaning {
  /** none: the reason has no runbook */
  readonly sentences: readonly MeaningPart[];
  /** what can be pasted; the first leads to the host where that is known */
  readonly commands: readonly string[];
}

export interface MeaningNames {
  /** null: it is about no service */
  readonly service: string | null;
  /** null: it is about no host, or about many */
  readonly host: string | null;
  /** where to look, of many hosts that share it; absent: on its host */
  readonly lookOn?: string | null;
  /** the service's unit as its host named it; null: nobody knows */
  readonly unit: string | null;
  /** many hosts share it */
  readonly isOfMany: boolean;
}

const COMMANDS_MAX = 4;
const PLACEHOLDER = /\b(SERVICE|HOST)\b/;

/** What a reason means, said of these. */
export function meaningOf(reason: string, names: MeaningNames): Meaning {
  const blocks = blocksOf(runbookOf(reason) ?? "");
  const first = blocks.find(({ kind }) => kind === "paragraph");
  const sentences = first?.kind === "paragraph" ? partsOf(first.text, names) : [];
  return { sentences, commands: commandsOf(blocks, names) };
}

/** A runbook's text as it is read without an incident: nothing in its first sentences is left to be filled in. */
export function generalText(markdown: string): string {
  const beginsAt = markdown.indexOf("\n\n", markdown.indexOf("## What it means")) + 2;
  const endsAt = markdown.indexOf("\n\n", beginsAt);
  const nobody = { service: null, host: null, unit: null, isOfMany: false };
  const said = partsOf(markdown.slice(beginsAt, endsAt).replaceAll("\n", " "), nobody);
  return markdown.slice(0, beginsAt) + said.map(({ text }) => text).join("") + markdown.slice(endsAt);
}

function partsOf(text: string, names: MeaningNames): readonly MeaningPart[] {
  return text
    .split(PLACEHOLDER)
    .map((part, index): MeaningPart => {
      // What stands at the odd places is what was split at.
      if (index % 2 === 0) return { kind: "words", text: part };
      const name = part === "SERVICE" ? names.service : names.host;
      if (name !== null) return { kind: "name", text: name };
      return {
        kind: "words",
        text: part === "SERVICE" ? "the service" : names.isOfMany ? "these hosts" : "the host",
      };
    })
    .map((part, index, parts) => {
      const before = parts[index - 1]?.text ?? ". ";
      const isFirst = index === 0 || before === "" || /\.\s+$/.test(before);
      return part.kind === "words" && isFirst ? { ...part, text: upperFirst(part.text) } : part;
    })
    .filter(({ text }) => text !== "");
}

function commandsOf(
  blocks: ReturnType<typeof blocksOf>,
  { host: itsHost, isOfMany, lookOn = null, service, unit }: MeaningNames,
): readonly string[] {
  const host = itsHost ?? lookOn;
  // What would have to be run on one of many hosts leads to one, or it is left out.
  if (isOfMany && host === null) return [];
  const lines = blocks.flatMap((block) => (block.kind === "code" ? block.text.split("\n") : []));
  const named: CommandNames = { host, service, unit: unit ?? service };
  const commands = lines.flatMap((line) => commandOf(line, named) ?? []).slice(0, COMMANDS_MAX);
  const word = host === null ? null : shellWord(host);
  const [first] = commands;
  if (first === undefined || word === null || first.startsWith("ssh ")) return commands;
  return [`ssh ${word}`, ...commands];
}
