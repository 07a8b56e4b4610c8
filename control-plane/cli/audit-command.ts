// `countersign audit`: what an operator asks of the audit away from the control plane. What it does is audit-acts.ts and audit-list.ts.
import type { Command } from "commander";
import { asking, listing, type Surroundings, withDesk } from "./asking-command.ts";
import { asksWith, endsWith } from "./exit-words.ts";
import type { HowMuch } from "./list-parts.ts";
import type { ApiOptions } from "./operator-api.ts";

const ENDS = endsWith("it was shown, or the chain holds", "it was refused, is broken or a copy is missing");
const HELP = `
The rows are read and verified here, from the newest back to the first, or to where the newest cut says that older ones left; and they
are compared with the copies in D1. Keep the last hash that it prints: a later audit must hold it.
${endsWith("the chain holds", "it is broken or a copy is missing")}

Example:
  countersign audit verify --url https://desk.example.org --admin-token-file token

COUNTERSIGN_URL and COUNTERSIGN_ADMIN_TOKEN_FILE stand in for --url and --admin-token-file.`;

/** Adds the command to the program. */
export function addAuditCommands(program: Command, surroundings: Surroundings): void {
  const audit = program
    .command("audit")
    .description("list and verify the record of who did what")
    .addHelpText("after", ENDS);
  listing(audit.command("list"), "list who did what, newest first")
    .addHelpText("after", asksWith("audit list --limit 20", "it was shown"))
    .action(async (options: ApiOptions & HowMuch & { readonly json?: boolean }) => {
      const { listAudit } = await import("./audit-list.ts");
      await withDesk(options, surroundings, (desk) => listAudit(options, desk, Date.now()));
    });
  asking(audit.command("verify"), "say whether the audit is one unbroken chain, and D1 holds the same")
    .addHelpText("after", HELP)
    .action(async (options: ApiOptions & { readonly json?: boolean }) => {
      const { verifyAudit } = await import("./audit-acts.ts");
      await withDesk(options, surroundings, (desk) => verifyAudit(options, desk, Date.now()));
    });
}
