// Reads what somebody said of a channel, `key=value` by `key=value`, into one as a policy writes it; and what can be
// said of each kind. Pure. What a reader would get wrong: no value that was said is ever said back. It may be a secret
// that was typed where the name of its binding belongs, and a key may be half of one.
import * as z from "zod";
import { nearestOf } from "@countersign/shared/values/expected-keys";
import { listText } from "@countersign/shared/values/list-text";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { Channel } from "../channels/any-channel.ts";
import { CHANNELS } from "../channels/channel-list.ts";
import { SecretName } from "../channels/channel-settings.ts";

/** A channel as it is written down, key by key. */
export type Written = ReadonlyMap<string, string | number | boolean>;

/** A channel as it was said. */
export interface SaidChannel {
  readonly name: string;
  readonly kind: string;
  /** each `key=value`, as it was typed */
  readonly settings: readonly string[];
}

/** The same as a policy has it. */
export interface ReadChannel {
  /** what is written down: the kind, and what was said and is needed */
  readonly written: Written;
  /** with what the kind adds by itself */
  readonly channel: Channel;
}

/** Why it is none, in a sentence that holds no value that was said. */
export interface SaidRefusal {
  readonly reason:
    | "kind-unknown"
    | "setting-unreadable"
    | "setting-unknown"
    | "setting-missing"
    | "setting-wrong";
  readonly sentence: string;
}

/** One setting of a kind. */
export interface KindSetting {
  readonly key: string;
  readonly isNeeded: boolean;
  /** it is the name of a binding that holds a secret */
  readonly isBinding: boolean;
}

/** Kinds have names in lower case; what looks otherwise may be a part of a secret. */
const SAYABLE_KEY = /^[a-z]{1,20}$/i;
const BINDING_CHARS_MAX = 56;
/** In place of the schema library's own sentences, which may quote what was said: those of our settings stand before it. */
const NO_WORDS = "-";

/** The channel that was said, or what to type instead. */
export function readSaidChannel(said: SaidChannel): Result<ReadChannel, SaidRefusal> {
  const kind = CHANNELS.find((each) => each.kind === said.kind);
  if (kind === undefined) return no("kind-unknown", kindSentence(said.kind));
  const read = valuesOf(said);
  if (!read.ok) return read;
  const written: Written = new Map([["kind", kind.kind], ...read.value, ...ownBindingOf(said, read.value)]);
  const missing = settingsOfKind(kind.kind).filter(({ isNeeded, key }) => isNeeded && !written.has(key));
  if (missing.length > 0)
    return no(
      "setting-missing",
      `A channel of the kind ${kind.kind} needs ${listText(missing.map(({ key }) => key))}: say ${missing.map(({ key }) => `--set ${key}=…`).join(" ")}.`,
    );
  const parsed = Channel.safeParse(Object.fromEntries(written), { error: () => NO_WORDS });
  return parsed.success
    ? ok({ written, channel: parsed.data })
    : no("setting-wrong", wrongSentence(said, parsed.error));
}

/** What a kind takes, in the order in which it says it; the kind itself is none of it. */
export function settingsOfKind(kind: Channel["kind"]): readonly KindSetting[] {
  return [...shapeOf(kind)].map(([key, schema]) => ({
    key,
    isNeeded: !schema.safeParse(undefined).success,
    isBinding: isBindingName(schema),
  }));
}

/** The bindings that a channel names, by the setting that names each. */
export function secretsOf(channel: Channel): readonly { readonly key: string; readonly binding: string }[] {
  const said = new Map<string, unknown>(Object.entries(channel));
  return settingsOfKind(channel.kind).flatMap(({ isBinding, key }) => {
    const binding = said.get(key);
    return isBinding && typeof binding === "string" ? [{ key, binding }] : [];
  });
}

function valuesOf({ kind, settings }: SaidChannel): Result<Written, SaidRefusal> {
  const shape = shapeOf(kind);
  const values = new Map<string, string | number | boolean>();
  for (const setting of settings) {
    const [, key = "", text = ""] = /^([^=]+)=(.+)$/s.exec(setting) ?? [];
    if (key === "")
      return no("setting-unreadable", "A setting is said as key=value, such as --set topic=fleet.");
    if (key === "kind") return no("setting-unreadable", "The kind is said by --kind, and not by --set.");
    if (values.has(key)) return no("setting-unreadable", `${key} is said twice.`);
    const schema = shape.get(key);
    if (schema === undefined) return no("setting-unknown", unknownSentence(kind, key, [...shape.keys()]));
    values.set(key, valueOf(schema, text));
  }
  return ok(values);
}

/** A text as what the setting takes; one that it takes in no form stays a text, and is refused as such. */
function valueOf(schema: z.ZodType, text: string): string | number | boolean {
  if (schema.safeParse(text).success) return text;
  if (text === "true" || text === "false") return text === "true";
  return schema.safeParse(Number(text)).success ? Number(text) : text;
}

/** Who says no binding gets one that is called like the channel, where it cannot work without. */
function ownBindingOf({ kind, name }: SaidChannel, values: Written): readonly (readonly [string, string])[] {
  const secret = settingsOfKind(kind as Channel["kind"]).find(({ key }) => key === "secret");
  if (secret?.isBinding !== true || !secret.isNeeded || values.has("secret")) return [];
  const capitals = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
  return [["secret", `CHANNEL_${capitals.slice(0, BINDING_CHARS_MAX)}`]];
}

function shapeOf(kind: string): ReadonlyMap<string, z.ZodType> {
  const shape = CHANNELS.find((each) => each.kind === kind)?.settings.shape ?? {};
  return new Map(Object.entries<z.ZodType>(shape).filter(([key]) => key !== "kind"));
}

function isBindingName(schema: z.ZodType): boolean {
  return schema === SecretName || (schema instanceof z.ZodOptional && schema.unwrap() === SecretName);
}

function kindSentence(kind: string): string {
  const kinds = CHANNELS.map((each) => each.kind);
  const near = nearestOf(kind, kinds);
  const said = SAYABLE_KEY.test(kind) ? ` "${kind}"` : " of that name";
  const meant = near === null ? "." : `: did you mean ${near}?`;
  return `There is no kind of channel${said}${meant} There are ${listText(kinds)}.`;
}

function unknownSentence(kind: string, key: string, known: readonly string[]): string {
  const near = nearestOf(key, known);
  const said = SAYABLE_KEY.test(key) ? ` "${key}"` : " of that name";
  const meant = near === null ? "." : `: did you mean ${near}?`;
  const takes = known.length === 0 ? "It takes no settings." : `It takes ${listText(known)}.`;
  return `A channel of the kind ${kind} has no setting${said}${meant} ${takes}`;
}

/** The first thing that is wrong; where its words hold what was said, they are left out. */
function wrongSentence({ kind, settings }: SaidChannel, { issues: [issue] }: z.ZodError): string {
  const key = issue?.path.map(String).join(".") ?? "";
  const said = settings.find((setting) => setting.startsWith(`${key}=`))?.slice(key.length + 1) ?? "";
  // Quotes are a policy's: what is said to a command needs none.
  const words = (issue?.message ?? NO_WORDS).replace(/ in quotes, such as '([^']*)'$/, " such as $1");
  if (issue?.code === "invalid_type" && issue.expected === "boolean")
    return `${key}: expected true or false.`;
  if (words !== NO_WORDS && !words.includes(said)) return `${key}: ${words}.`;
  return settingsOfKind(kind as Channel["kind"]).some((each) => each.key === key && each.isBinding)
    ? `${key}: expected the name of a binding such as CHANNEL_PHONE, not the secret itself.`
    : `${key}: it does not fit what a channel of the kind ${kind} takes there (docs/channels.md).`;
}

function no(reason: SaidRefusal["reason"], sentence: string): Result<never, SaidRefusal> {
  return refuse({ reason, sentence });
}
