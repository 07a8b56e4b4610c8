// The small shapes that the words of an incident file are made of: names, reasons, spans and instants as they are written. Pure. Times are kept as
// written; incident-file.ts reads them, because a clock time needs the one before it.
import * as z from "zod";
import type { PageReason } from "../../src/core/words/signal.ts";
import { RuleSettings } from "../../src/policy/rule-settings.ts";

export const HOSTS_MAX = 10_000;

export const Text = z.string().max(300);
export const Name = z.string().min(1).max(80);
export const HostName = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/, {
  error: "expected a host name of letters, digits, dots, dashes and underscores, such as web-1",
});

const REASONS = Object.keys(RuleSettings.parse({})) as readonly PageReason[];
/** A misspelt reason would be a "no page" that is always met. */
export const Reason = z.enum(REASONS);
export const ReasonOrAny = z.enum(["any", ...REASONS]);

/** `1h30m`, `28s`, `250ms` */
export const Span = z
  .string()
  .regex(/^(?:[0-9]{1,9}(?:ms|d|h|m|s)){1,5}$/, { error: "expected a duration such as 28s, 15m or 1h30m" })
  .meta({ description: "duration: 250ms, 28s, 15m, 1h30m, 3d" });

/** `+4m` after the start, `23:25` (in the zone of `start`, the next one after the event before), or an instant */
export const When = z
  .string()
  .regex(
    /^(?:\+(?:[0-9]{1,9}(?:ms|d|h|m|s)){1,5}|[0-9]{2}:[0-9]{2}(?::[0-9]{2})?|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?(?:Z|[+-][0-9]{2}:[0-9]{2}))$/,
    {
      error:
        "expected an offset such as +4m or +1h30m, a clock time such as 23:25, or an instant such as 2026-04-03T23:25:00Z",
    },
  )
  .meta({
    description:
      "+4m after the start, a clock time 23:25 in the zone of `start`, or an instant 2026-04-03T23:25:00Z",
  });

export const HostSelector = z
  .union([z.string(), z.array(z.string()).min(1).max(HOSTS_MAX)], {
    error: 'expected a host, a list of hosts and tags (tag:NAME), a share such as "30%", or "all"',
  })
  .meta({ description: 'a host, a list of hosts and tags ("tag:NAME"), a share such as "30%", or "all"' });

/** Says what is wrong unless exactly one of the names stands in a value. */
export function exactlyOne(value: object, names: readonly string[], context: z.core.$RefinementCtx): void {
  const found = names.filter((name) => (value as Record<string, unknown>)[name] !== undefined);
  if (found.length === 1) return;
  const message =
    found.length === 0
      ? `expected one of ${names.join(", ")}`
      : `expected one of these only: ${found.join(", ")}`;
  context.addIssue({ code: "custom", path: found.slice(1, 2), message });
}
