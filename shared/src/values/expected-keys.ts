// Which keys a schema knows at a place of a file, and which of them a mistyped one was meant to be. Pure.
// The schema is read through its JSON Schema (input side), which looks through defaults and transforms. Where alternatives are told
// apart by a word such as `kind`, only those count that have the word that was written.
import { closestMatch } from "leven";
import * as z from "zod";

const SHORT_WORD_CHARS_MAX = 3;

interface Node {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Node>>;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node | boolean;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

/** A file may have many unknown keys, and a schema is turned once. */
const ROOTS = new WeakMap<z.ZodType, Node>();

/** Names the keys that may stand at `path`; `value` is the whole file, which decides between alternatives. */
export function expectedKeysAt(
  schema: z.ZodType,
  path: readonly PropertyKey[],
  value: unknown,
): readonly string[] {
  const root = rootOf(schema);
  let nodes = alternativesOf(root, root, value);
  let inner: unknown = value;
  for (const part of path) {
    inner = childValue(inner, part);
    nodes = nodes
      .flatMap((node) => childrenOf(node, part))
      .flatMap((node) => alternativesOf(root, node, inner));
  }
  return [...new Set(nodes.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** The known word that a mistyped one is nearest to; null when none is near enough to be meant. */
export function nearestOf(word: string, known: readonly string[]): string | null {
  const folded = foldedOf(word).slice(0, 64);
  const swapped = known.find((name) => lettersOf(name) === lettersOf(folded));
  if (swapped !== undefined) return swapped;
  const maxDistance = folded.length <= SHORT_WORD_CHARS_MAX ? 1 : Math.max(2, Math.floor(folded.length / 3));
  const nearest = closestMatch(folded, known.map(foldedOf), { maxDistance });
  return known.find((name) => foldedOf(name) === nearest) ?? null;
}

function rootOf(schema: z.ZodType): Node {
  const root = ROOTS.get(schema) ?? (z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Node);
  ROOTS.set(schema, root);
  return root;
}

// Two letters that changed places are two changes, too many for a short word.
function lettersOf(word: string): string {
  return Array.from(foldedOf(word)).toSorted().join("");
}

function foldedOf(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, "");
}

function alternativesOf(root: Node, node: Node, value: unknown): readonly Node[] {
  if (node.$ref !== undefined) {
    const target = node.$ref === "#" ? root : root.$defs?.[node.$ref.replace("#/$defs/", "")];
    return target === undefined ? [] : alternativesOf(root, target, value);
  }
  const options = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  if (options.length === 0) return [node];
  const inner = options.flatMap((option) => alternativesOf(root, option, value));
  const meant = inner.filter((option) => isMeant(option, value));
  return [node, ...(meant.length > 0 ? meant : inner)];
}

// Every fixed word of the alternative that was written at all is written as the alternative has it.
function isMeant(node: Node, value: unknown): boolean {
  const fixed = Object.entries(node.properties ?? {}).filter(([, property]) => property.const !== undefined);
  return fixed.length > 0 && fixed.every(([key, property]) => childValue(value, key) === property.const);
}

function childrenOf(node: Node, part: PropertyKey): readonly Node[] {
  if (typeof part === "number") return typeof node.items === "object" ? [node.items] : [];
  const property = node.properties?.[String(part)];
  if (property !== undefined) return [property];
  return typeof node.additionalProperties === "object" ? [node.additionalProperties] : [];
}

function childValue(value: unknown, part: PropertyKey): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, part)
    ? (value as Record<PropertyKey, unknown>)[part]
    : undefined;
}
