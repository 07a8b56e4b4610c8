// `countersign-agent discover`: looks at this host and proposes a catalogue, or with --merge what a catalogue that is there lacks. Reads only; it
// writes nothing but the file that --output names.
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { ok, type Result } from "@countersign/shared/values/result";
import { visibleLines } from "@countersign/shared/values/visible-text";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { additionText, catalogueText } from "../core/discovery/catalogue-text.ts";
import { compareCatalogue, type Difference } from "../core/discovery/compare-catalogue.ts";
import type { Observations } from "../core/discovery/observations.ts";
import { proposeServices, standIn } from "../core/discovery/propose-services.ts";
import type { Discovery } from "../core/discovery/service-draft.ts";
import { observeHost } from "../discovery/observe-host.ts";
import { EXIT } from "../failure.ts";
import { loadCatalogue } from "../files/load-catalogue.ts";
import { no } from "../files/read-owned-file.ts";
import type { Print } from "./print.ts";

const CATALOGUE_MODE = 0o644;
/** Answers from outside on nearly every machine. */
const SSH_PORT = 22;

export interface DiscoverFlags {
  readonly json: boolean;
  readonly output?: string;
  readonly force: boolean;
  /** the catalogue to compare with; absent: none */
  readonly merge?: string;
  readonly print: Print;
  /** how the host is looked at; absent: as it is */
  readonly observe?: () => Promise<Observations>;
}

interface Answer {
  readonly text: string;
  readonly json: object;
  readonly exitCode: number;
}

/** Discovers; gives the exit code: with `merge` 1 where there is a difference. */
export async function runDiscover(flags: DiscoverFlags): Promise<Result<number, CommandRefusal>> {
  const { merge, output, json, print } = flags;
  const path = merge === undefined ? undefined : resolve(merge);
  const catalogue = path === undefined ? null : await loadCatalogue(path, "process");
  if (catalogue?.ok === false) return catalogue;
  const seen = await (flags.observe ?? (() => observeHost(process.getuid?.() === 0)))();
  const answer =
    catalogue === null || path === undefined
      ? proposal(seen)
      : difference(path, compareCatalogue(catalogue.value, seen), seen);
  const text = json ? `${JSON.stringify(answer.json, null, 2)}\n` : answer.text;
  if (output === undefined) print.line(text.replace(/\n$/, ""));
  else {
    const written = await writeNew(resolve(output), text, flags.force);
    if (!written.ok) return written;
    print.line(
      `${resolve(output)} is written: read it, then check it with \`countersign-agent catalogue check\`.`,
    );
  }
  return ok(answer.exitCode);
}

function proposal(seen: Observations): Answer {
  const found = proposeServices(seen);
  const whole: Discovery = { ...found, services: found.services.length === 0 ? [standIn()] : found.services };
  const isOpen = seen.ports.some(({ port, reach }) => port === SSH_PORT && reach === "all");
  const about = { probePort: isOpen ? SSH_PORT : null, unseen: seen.unseen };
  const catalogue = catalogueText(whole, about);
  return { text: catalogue, json: { ...found, unseen: seen.unseen, catalogue }, exitCode: EXIT.ok };
}

function difference(path: string, found: Difference, { unseen }: Observations): Answer {
  const { missing, leftCount, gone, notes } = found;
  const addition = additionText(missing);
  const lines = [
    ...[...unseen.map((line) => `Not seen: ${line}`), ...notes].map((line) => `# ${line}`),
    ...gone.map((line) => `# Not found any more: ${line}`),
    ...(missing.length === 0
      ? []
      : [`# Found, and not in ${path}. Below its services, if somebody should be woken for it:`, addition]),
    ...(leftCount === 0 ? [] : [`# and ${leftCount} more, for which there is no room`]),
  ];
  const isSame = missing.length === 0 && gone.length === 0 && leftCount === 0;
  const text = isSame ? [...lines, `# Nothing was found that ${path} does not have.`] : lines;
  return {
    text: `${visibleLines(text.join("\n"))}\n`,
    json: { path, missing, leftCount, gone, notes, unseen, addition },
    exitCode: isSame ? EXIT.ok : EXIT.failed,
  };
}

async function writeNew(path: string, text: string, force: boolean): Promise<Result<null, CommandRefusal>> {
  try {
    await writeFile(path, text, { flag: force ? "w" : "wx", mode: CATALOGUE_MODE });
    return ok(null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return no("there-already", `${path} is there already: name another file, or write over it with --force.`);
  }
}
