// `countersign audit`: what an operator asks of the audit away from the control plane.
import type { Command } from "commander";
import { verifyAudit } from "./audit-acts.ts";
import { type ApiOptions, openApi } from "./operator-api.ts";
import { complain, type Output } from "./policy-acts.ts";

const HELP = `
The rows are read and verified here, from the newest back to the first, or to where the newest cut says that older ones left; and they
are compared with the copies in D1. Keep the last hash that it prints: a later audit must hold it.

Ends with 0 when the chain holds, 1 when it is broken or a copy is missing, 2 when the input is wrong.

Example:
  countersign audit verify --url https://desk.example.org --admin-token-file token

COUNTERSIGN_URL and COUNTERSIGN_ADMIN_TOKEN_FILE stand in for --url and --admin-token-file.`;

/** Adds the command to the program; `end` takes the exit code. */
export function addAuditCommands(
  program: Command,
  { output, end }: { readonly output: Output; readonly end: (code: number) => void },
): void {
  program
    .command("audit")
    .description("verify the record of who did what")
    .command("verify")
    .description("say whether the audit is one unbroken chain, and D1 holds the same")
    .option("--url <url>", "where the control plane is")
    .option("--admin-token-file <file>", "file that holds its admin token")
    .option("--json", "print one JSON document")
    .addHelpText("after", HELP)
    .action(async (options: ApiOptions & { readonly json?: boolean }) => {
      const api = openApi(options, process.env);
      end(
        api.ok
          ? await verifyAudit(options, { api: api.value, output }, Date.now())
          : complain(output, api.error),
      );
    });
}
