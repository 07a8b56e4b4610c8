// The rules of a policy in words: which are silent, which have other bounds than by default, what holds back and for how
// long, and what differs for some hosts. Pure.
import { diffPolicies, type PolicyChange } from "../policy-diff.ts";
import { failuresOfTenMin } from "../policy-override.ts";
import { Policy } from "../policy.ts";
import { reasonTitleOf } from "../reason-titles.ts";
import { countText, type PolicyLine, spanText } from "./line.ts";

type Reason = keyof Policy["rules"];

/** The policy of which nothing was said. */
export const DEFAULTS: Policy = Policy.parse({ version: 1 });

/** Which rules page nobody, and why. */
export function silentLines({ rules, shadow }: Policy): readonly PolicyLine[] {
  const whole: readonly PolicyLine[] = shadow
    ? [
        {
          key: "all",
          text: "Everything is in shadow: what would page is only written down, and nobody is paged.",
          tells: ["shadow"],
        },
      ]
    : [];
  const each = (Object.keys(rules) as Reason[]).flatMap((reason): readonly PolicyLine[] => {
    const said = silenceOf(rules[reason]);
    const tells = [`rules.${reason}.enabled`, `rules.${reason}.shadow`];
    return said === null
      ? []
      : [
          {
            key: reason,
            text: `${reasonTitleOf(reason)} (${reason}): ${said}.`,
            plain: `${reasonTitleOf(reason)}: ${said}.`,
            names: reason,
            tells,
          },
        ];
  });
  if (whole.length + each.length > 0) return [...whole, ...each];
  return [{ key: "none", text: "Every rule is on, and pages.", tells: [] }];
}

function silenceOf({
  enabled,
  shadow,
}: {
  readonly enabled: boolean;
  readonly shadow: boolean;
}): string | null {
  if (!enabled) return "turned off, it is not looked for";
  return shadow ? "in shadow, it is only written down" : null;
}

/** How long what is waited for. */
export function pauseLines(policy: Policy): readonly PolicyLine[] {
  const { checkFailing, incident, liveness, retention } = policy;
  const ofTen = failuresOfTenMin(checkFailing);
  const comesAndGoes = Number.isFinite(ofTen) ? `, or ${ofTen} of its last 10` : "";
  return [
    {
      key: "silence",
      text: `A host says every ${spanText(liveness.keepaliveMs)} that it lives, is late after ${spanText(liveness.lateAfterMs)}, and pages after ${spanText(liveness.pageBoundMs)} of silence.`,
      tells: ["liveness.keepalive", "liveness.lateAfter", "liveness.pageBound"],
    },
    {
      key: "own gap",
      text: `When the desk itself was away, no host is blamed for ${spanText(liveness.reconnectGraceMs)}.`,
      tells: ["liveness.reconnectGrace"],
    },
    {
      key: "check",
      text: `A check fails after ${countText(checkFailing.failuresMin, "failure")} in a row${comesAndGoes}, the first of them ${spanText(checkFailing.heldMs)} old.`,
      tells: ["checkFailing"],
    },
    {
      key: "taken",
      text: `Who takes something has it for ${spanText(incident.acknowledgementMs)}; then it pages again.`,
      tells: ["incident.acknowledgement"],
    },
    {
      key: "over",
      text: `It is over once it has stayed well for ${spanText(incident.resolveAfterMs)}.`,
      tells: ["incident.resolveAfter"],
    },
    {
      key: "kept",
      text: `The record is kept for ${spanText(retention.auditForMs)}, what is over for ${spanText(retention.archiveForMs)}.`,
      tells: ["retention"],
    },
  ];
}

/** The bounds of rules that are others than by default. */
export function boundLines(policy: Policy): readonly PolicyLine[] {
  const rulesOnly = { ...DEFAULTS, rules: policy.rules };
  return diffPolicies(DEFAULTS, rulesOnly)
    .filter(({ keys }) => !["enabled", "shadow"].includes(keys.at(-1) ?? ""))
    .map(({ from, keys, path, to }): PolicyLine => {
      const [, reason = "", key = ""] = keys;
      const text = `${reasonTitleOf(reason)} (${reason}): ${key} ${to ?? "not set"} instead of ${from ?? "not set"}.`;
      const [is, was] = [to ?? "not set", from ?? "not set"];
      const plain = `${reasonTitleOf(reason)}: ${inWords(key)} ${is} instead of ${was}.`;
      return { key: path, text, plain, names: path, tells: [path] };
    });
}

/** What differs for some hosts and services. */
export function overrideLines(policy: Policy): readonly PolicyLine[] {
  const found = diffPolicies(DEFAULTS, { ...DEFAULTS, overrides: policy.overrides });
  return [...Map.groupBy(found, ({ group }) => group)].flatMap(([group, changes]) =>
    group === null ? [] : [overrideLineOf(group, changes)],
  );
}

function overrideLineOf(group: string, changes: readonly PolicyChange[]): PolicyLine {
  const said = changes.map(({ keys, to }) => `${keys.join(".")} ${to ?? "not set"}`);
  const plain = changes.map(({ keys, to }) => `${keys.map(inWords).join(", ")} ${to ?? "not set"}`);
  return {
    key: group,
    text: `For ${group}: ${said.join("; ")}.`,
    plain: `For ${group}: ${plain.join("; ")}.`,
    names: changes.map(({ keys }) => keys.join(".")).join(", "),
    tells: [`overrides[${group}]`],
  };
}

/** `restart budget` of `restartBudget`. */
function inWords(key: string): string {
  return key.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll("-", " ");
}
