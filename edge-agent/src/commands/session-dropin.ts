// `countersign-agent session-dropin UNIT --ledger FILE`: prints the drop-in by which a unit's sessions reach a service's ledger. It changes
// nothing; `install --session-dropins` writes those that the catalogue declares.
import { UnitName } from "@countersign/shared/host/catalogue";
import { AbsolutePath } from "@countersign/shared/host/evidence-spec";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { parseExitClasses, renderSessionDropin } from "../core/evidence/session-dropin.ts";
import type { Print } from "./print.ts";

/** What a unit file that still names the wrapper of 0.1 is told. */
export const NO_WRAPPER_ANY_MORE =
  "`countersign-agent session` is gone: start the program itself, and let systemd write the ledger by what `countersign-agent session-dropin UNIT --ledger FILE` prints (docs/evidence.md, Sessions).";

export interface SessionDropinOptions {
  readonly unit: string;
  readonly ledger: string;
  /** `41=auth` and the like */
  readonly classes: readonly string[];
  readonly print: Print;
}

/** Prints the drop-in. */
export function runSessionDropin(options: SessionDropinOptions): Result<null, CommandRefusal> {
  const named = options.unit.includes(".") ? options.unit : `${options.unit}.service`;
  const unit = UnitName.safeParse(named);
  if (!unit.success || !named.endsWith(".service"))
    return usage(`${options.unit} is not right: name a service unit, such as bob.service or bob@.service.`);
  const ledger = AbsolutePath.safeParse(options.ledger);
  if (!ledger.success)
    return usage(
      `--ledger ${JSON.stringify(options.ledger)} is not right: name a file by its absolute path.`,
    );
  const classes = parseExitClasses(options.classes);
  if (!classes.ok) return usage(classes.error.reason);
  const text = renderSessionDropin({ unit: unit.data, ledger: ledger.data, classes: classes.value });
  options.print.line(text.trimEnd());
  return ok(null);
}

function usage(sentence: string): Result<never, CommandRefusal> {
  return refuse({ reason: "usage", sentence });
}
