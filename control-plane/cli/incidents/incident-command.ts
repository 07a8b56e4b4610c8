// `countersign incidents …`: what is wrong, and what was. What it does is incident-acts.ts.
import { type Command, InvalidArgumentError, Option } from "commander";
import { NOTE_CHARS_MAX } from "@countersign/shared/values/limits";
import type { Severity } from "@countersign/shared/wire/service-report";
import { PAGE_REASONS } from "../../src/core/words/reason-kinds.ts";
import { STANDINGS } from "../../src/read-side/listed-incident.ts";
import { asking, listing, type Surroundings, withDesk } from "../asking-command.ts";
import { asksWith, endsWith } from "../exit-words.ts";
import type { HowMuch } from "../list-parts.ts";
import type { ApiOptions } from "../operator-api.ts";
import { readName, userName } from "../own-name.ts";
import type { Narrowing } from "./incident-acts.ts";

interface Options extends ApiOptions {
  readonly json?: boolean;
}

const SEVERITIES: readonly Severity[] = ["critical", "error", "warning", "info"];
const SPAN = /^(?:([0-9]{1,5})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,5})m)?$/;
const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Adds the commands to the program. */
export function addIncidentCommands(program: Command, surroundings: Surroundings): void {
  const incidents = program
    .command("incidents")
    .description("show what is wrong and what was; taking and answering is for people, on a signed-in device")
    .addHelpText("after", endsWith("it was done", "it was refused"));
  addListCommands(incidents, surroundings);
  asking(incidents.command("show"), "show one: findings with evidence, approvals, pages, what was done")
    .argument("<incident>", "its id")
    .addHelpText("after", asksWith("incidents show inc_7Qk2vXw9TnB4cLr0aZbK1g", "it was shown"))
    .action(async (incidentId: string, options: Options) => {
      const { showIncident } = await import("./incident-acts.ts");
      await withDesk(options, surroundings, (desk) =>
        showIncident(incidentId, options, { ...desk, now: Date.now() }),
      );
    });
  asking(incidents.command("note"), "write something down with one, for who comes next")
    .argument("<incident>", "its id")
    .argument("<text>", `the note, ${NOTE_CHARS_MAX} characters at most`, readNote)
    .option("--by <name>", "who writes it", readName, userName())
    .addHelpText("after", asksWith('incidents note inc_7Qk2vXw9TnB4cLr0aZbK1g "The disk is full"'))
    .action(async (incidentId: string, text: string, options: Options & { readonly by?: string }) => {
      const { addNote } = await import("./incident-acts.ts");
      await withDesk(options, surroundings, (desk) => addNote(incidentId, text, { ...desk, ...options }));
    });
  asking(incidents.command("post-mortem"), "print the draft of a post-mortem, in Markdown")
    .argument("<incident>", "its id")
    .option("--replay", "instead: what was recorded around it, as a file for `countersign replay`")
    .addHelpText(
      "after",
      asksWith("incidents post-mortem inc_7Qk2vXw9TnB4cLr0aZbK1g > draft.md", "it was printed"),
    )
    .action(async (incidentId: string, options: Options & { readonly replay?: boolean }) => {
      const { printPostMortem } = await import("./incident-acts.ts");
      await withDesk(options, surroundings, (desk) =>
        printPostMortem(incidentId, options, { ...desk, now: Date.now() }),
      );
    });
}

function addListCommands(incidents: Command, surroundings: Surroundings): void {
  listing(incidents.command("list"), "list what is open; with any option, what fits of all there was")
    .addOption(new Option("--state <state>", "how they stand; going is open or taken").choices(STANDINGS))
    .addOption(new Option("--severity <severity>", "how bad").choices(SEVERITIES))
    .addOption(new Option("--reason <reason>", "the reason").choices(PAGE_REASONS))
    .option("--host <host>", "the id or name of a host that they are about, also among others")
    .option("--service <service>", "the service that they are about")
    .option("--search <words>", "words in the title, or in the name of a host or service")
    .option("--since <when>", "opened since: an instant, or so long ago, such as 2d or 6h", readWhen)
    .option("--until <when>", "opened until then", readWhen)
    .addHelpText("after", asksWith("incidents list --since 7d --search nginx", "it was shown"))
    .action(async (options: Options & Narrowing) => {
      const { listIncidents } = await import("./incident-acts.ts");
      await withDesk(options, surroundings, (desk) => listIncidents(options, desk, Date.now()));
    });
  listing(incidents.command("resolved"), "list what is over: id, since when, how long it took, what")
    .addHelpText("after", asksWith("incidents resolved --limit 20", "it was shown"))
    .action(async (options: Options & HowMuch) => {
      const { listResolved } = await import("./incident-acts.ts");
      await withDesk(options, surroundings, (desk) => listResolved(options, desk, Date.now()));
    });
}

function readNote(text: string): string {
  const note = text.trim();
  if (note !== "" && note.length <= NOTE_CHARS_MAX) return note;
  throw new InvalidArgumentError(`expected a note of 1 to ${NOTE_CHARS_MAX} characters`);
}

function readWhen(text: string): number {
  const [, days = "0", hours = "0", minutes = "0"] = SPAN.exec(text) ?? [];
  const agoMs = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000;
  if (agoMs > 0) return Date.now() - agoMs;
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError(
    "expected an instant such as 2026-04-03T23:25:00Z, or a span such as 2d or 6h",
  );
}
