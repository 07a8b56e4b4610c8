// A discovery as the text of a catalogue: what is sure stands there, what is not is a comment. Pure; the same observations give the same text.
// What a reader would get wrong: a name, a title or a state may hold anything, and a comment ends with its line.
import { visibleText } from "@countersign/shared/values/visible-text";
import type {
  ActionDraft,
  CheckDraft,
  Discovery,
  Proposal,
  ServiceDraft,
  Suggestion,
} from "./service-draft.ts";

const PASSED_OVER_MAX = 60;
const COMMENT_CHARS_MAX = 160;
const PLAIN = /^[A-Za-z/][A-Za-z0-9_./@-]*$/;
const WORDS_OF_YAML: ReadonlySet<string> = new Set([
  "true",
  "false",
  "null",
  "yes",
  "no",
  "on",
  "off",
  "y",
  "n",
]);

/** A whole catalogue. */
export function catalogueText(
  { services, passedOver, notes }: Discovery,
  about: { readonly probePort: number | null; readonly unseen: readonly string[] },
): string {
  const { probePort, unseen } = about;
  const probe =
    probePort === null
      ? ["probePort: null # no port was seen that answers from outside"]
      : [`probePort: ${probePort} # answers from outside while the machine lives`];
  return [
    "# A proposal of `countersign-agent discover`: read it, correct it, take out what nobody should be woken for. Nothing was changed or started.",
    "# Each restart below wants the yes of a person. What stands in comments was not sure enough.",
    ...[...unseen.map((line) => `Not seen: ${line}`), ...notes].flatMap((line) => commentOf(line, "")),
    "version: 1",
    ...probe,
    "services:",
    ...services.flatMap(serviceLines),
    ...passedOverLines(passedOver),
    "",
  ].join("\n");
}

/** Services alone, as they are put below `services:` of a catalogue that is there. */
export function additionText(services: readonly Proposal[]): string {
  return services.flatMap(serviceLines).join("\n");
}

function passedOverLines(passedOver: readonly string[]): readonly string[] {
  if (passedOver.length === 0) return [];
  const left = passedOver.length - PASSED_OVER_MAX;
  return [
    "",
    "# Seen and not proposed:",
    ...passedOver.slice(0, PASSED_OVER_MAX).flatMap((line) => commentOf(line, "", "  ")),
    ...(left > 0 ? [`#   and ${left} more`] : []),
  ];
}

function serviceLines({ draft, notes, suggestions }: Proposal): readonly string[] {
  return [
    "",
    ...notes.flatMap((note) => commentOf(note, "  ")),
    ...draftLines(draft),
    ...suggestions.flatMap(suggestionLines),
  ];
}

function draftLines(draft: ServiceDraft): readonly string[] {
  const { name, title, manager, user, unit, container, checks, evidence, actions } = draft;
  const field = (key: string, value: string | undefined) =>
    value === undefined ? [] : [`    ${key}: ${scalar(value)}`];
  return [
    `  - name: ${scalar(name)}`,
    ...field("title", title),
    ...field("manager", manager),
    ...field("user", user),
    ...field("unit", unit),
    ...(container === undefined
      ? []
      : [`    container: { name: ${scalar(container.name)}, engine: ${container.engine} }`]),
    "    checks:",
    ...checks.map((check) => `      - { name: ${check.name}, kind: ${check.kind}${detailOf(check)} }`),
    ...(evidence === undefined ? [] : evidenceLines(evidence)),
    ...(actions.length === 0 ? [] : ["    actions:"]),
    ...actions.map(
      (action) =>
        `      - { name: ${action.name}, kind: ${action.kind}, verb: ${action.verb}, level: ${action.level}${timeoutOf(action)} }`,
    ),
  ];
}

function timeoutOf({ timeout }: ActionDraft): string {
  return timeout === undefined ? "" : `, timeout: ${timeout}`;
}

function evidenceLines({ credentials, config }: NonNullable<ServiceDraft["evidence"]>): readonly string[] {
  return [
    "    evidence:",
    ...(credentials.length === 0 ? [] : ["      credentials:"]),
    ...credentials.map(
      ({ name, path, refresh }) =>
        `        - { name: ${scalar(name)}, path: ${scalar(path)}, refresh: ${refresh} }`,
    ),
    ...(config.length === 0 ? [] : ["      config:", ...config.map((path) => `        - ${scalar(path)}`)]),
  ];
}

function detailOf(check: CheckDraft): string {
  switch (check.kind) {
    case "unit":
      return "";
    case "http":
      return `, url: ${JSON.stringify(check.url)}`;
    case "tcp":
      return `, port: ${check.port}`;
  }
}

function suggestionLines({ why, lines }: Suggestion): readonly string[] {
  return [...commentOf(why, "    "), ...lines.map((line) => `    # ${visibleText(line)}`)];
}

/** A text as comments of a readable width, whatever it holds. */
function commentOf(text: string, indent: string, within = ""): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of visibleText(text).split(" ")) {
    if (line !== "" && line.length + word.length >= COMMENT_CHARS_MAX) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part) => `${indent}# ${within}${part}`.trimEnd());
}

function scalar(text: string): string {
  return PLAIN.test(text) && !WORDS_OF_YAML.has(text.toLowerCase())
    ? text
    : JSON.stringify(visibleText(text));
}
