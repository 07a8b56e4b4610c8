// What a runbook leaves open: filled in where it is known and safe to paste, and never left as a capital word.
import { describe, expect, it } from "vitest";
import { filledIn, isLeftOpen, knownOf } from "../../../../control-plane/src/web/runbooks/placeholders.ts";
import { blocksOf, spansOf } from "../../../../control-plane/src/web/runbooks/runbook-blocks.ts";
import { runbookOf, runbookReasons } from "../../../../control-plane/src/web/runbooks/runbooks.ts";

const NGINX = { kind: "service", hostId: "host_1", hostName: "web-1", service: "nginx" } as const;
/** Capital words of commands that are no placeholders: variables, programs' own words, files. */
const OWN =
  /\$\{?[A-Z_]+|[A-Z]+_[A-Z_]+|\b(?:SELECT|FROM|WHERE|POST|GET|OOM|CRON|PATH|HTTP|JSON|TLS|DNS|CPU|PSI|URL_|D1)\b/g;

describe("a command of a runbook", () => {
  it.each([
    ["systemctl status UNIT", "systemctl status nginx.service"],
    ["ssh HOST uptime", "ssh web-1 uptime"],
    ["git -C CODE-DIRECTORY log", "git -C ‹code directory› log"],
    ['curl "$DESK/v1/admin/hosts/HOST"', 'curl "$DESK/v1/admin/hosts/web-1"'],
    ['-H "Bearer $ADMIN_TOKEN"', '-H "Bearer $ADMIN_TOKEN"'],
    ["ls -l FILE*", "ls -l ‹file›*"],
  ])("%s", (code, wanted) => {
    expect(filledIn(code, knownOf(NGINX, "nginx.service"))).toBe(wanted);
  });

  it.each(["web; rm -rf", "$(id)", "-oProxyCommand=x", "", "a b", "\u202Eweb"])(
    "is not filled in with %j",
    (hostName) => {
      expect(knownOf({ ...NGINX, hostName }, hostName).size).toBe(0);
    },
  );

  it.each(runbookReasons())("of %s has no capital word left", (reason) => {
    const codes = blocksOf(runbookOf(reason) ?? "").flatMap((block) => {
      if (block.kind === "code") return [block.text];
      const texts =
        block.kind === "list" ? block.items : block.kind === "table" ? block.rows.flat() : [block.text];
      return texts.flatMap((text) =>
        spansOf(text).flatMap(({ kind, text: code }) => (kind === "code" ? [code] : [])),
      );
    });
    const left = codes.flatMap(
      (code) =>
        filledIn(code, new Map())
          .replaceAll(OWN, "")
          .match(/\b[A-Z]{3,}\b/g) ?? [],
    );
    expect(left).toEqual([]);
    expect(isLeftOpen("ssh HOST", new Map())).toBe(true);
    expect(isLeftOpen("ssh HOST", knownOf(NGINX, null))).toBe(false);
  });
});
