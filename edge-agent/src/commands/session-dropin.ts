// `countersign-agent session-dropin UNIT`: prints the drop-in by which a unit's sessions reach a service's ledger. Ledger
// and classes are those of the catalogue, or what is said. It changes nothing; `install --session-dropins` writes those that
// the catalogue declares.
import { UnitName } from "@countersign/shared/host/catalogue";
import { AbsolutePath } from "@countersign/shared/host/evidence-spec";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { parseExitClasses, renderSessionDropin, type SessionUnit } from "../core/evidence/session-dropin.ts";
import { loadCatalogue } from "../files/load-catalogue.ts";
import type { HostPaths } from "../paths.ts";
import type { Print } from "./print.ts";

/** What a unit file that still names the wrapper of 0.1 is told. */
export const NO_WRAPPER_ANY_MORE =
  "`countersign-agent session` is gone: start the program itself, and let systemd write the ledger by what `countersign-agent session-dropin UNIT --ledger FILE` prints (docs/evidence.md, Sessions).";

export interface SessionDropinOptions {
  readonly unit: string;
  /** absent: what the catalogue declares of the unit */
  readonly ledger?: string | undefined;
  /** `41=auth` and the like; none, and no ledger either: what the catalogue declares */
  readonly classes: readonly string[];
  readonly paths: HostPaths;
  readonly print: Print;
}

/** Prints the drop-in. */
export async function runSessionDropin(options: SessionDropinOptions): Promise<Result<null, CommandRefusal>> {
  const named = options.unit.includes(".") ? options.unit : `${options.unit}.service`;
  const unit = UnitName.safeParse(named);
  if (!unit.success || !named.endsWith(".service"))
    return usage(`${options.unit} is not right: name a service unit, such as bob.service or bob@.service.`);
  const classes = parseExitClasses(options.classes);
  if (!classes.ok) return usage(classes.error.reason);
  const declared =
    options.ledger === undefined ? await declaredIn(options.paths, unit.data) : ledgerOf(options.ledger);
  if (!declared.ok) return declared;
  const chosen = classes.value.length > 0 ? { classes: classes.value } : {};
  const text = renderSessionDropin({ unit: unit.data, ...declared.value, ...chosen });
  options.print.line(text.trimEnd());
  return ok(null);
}

type Declared = Pick<SessionUnit, "ledger" | "classes">;

function ledgerOf(text: string): Result<Declared, CommandRefusal> {
  const ledger = AbsolutePath.safeParse(text);
  return ledger.success
    ? ok({ ledger: ledger.data, classes: [] })
    : usage(`--ledger ${JSON.stringify(text)} is not right: name a file by its absolute path.`);
}

async function declaredIn(
  { catalogue: path, mode }: HostPaths,
  unit: string,
): Promise<Result<Declared, CommandRefusal>> {
  const catalogue = await loadCatalogue(path, mode);
  if (!catalogue.ok) return usage(`${catalogue.error.sentence} Or say --ledger FILE.`);
  const { ledger, sessions } =
    catalogue.value.services.find((service) => service.unit === unit)?.evidence ?? {};
  return ledger === undefined
    ? usage(`${path} declares no ledger for ${unit}: say --ledger FILE, or declare it there.`)
    : ok({ ledger, classes: sessions?.classes ?? [] });
}

function usage(sentence: string): Result<never, CommandRefusal> {
  return refuse({ reason: "usage", sentence });
}
