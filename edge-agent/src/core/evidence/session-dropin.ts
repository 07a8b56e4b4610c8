// The lines of a systemd drop-in by which a unit's starts and ends are written to its service's ledger. Pure. Nothing stands
// between systemd and the service, so what it is stays: Type=, descriptors, signals, exit code. A line that fails, or does
// not end, fails no start. The lines run as the service's own user in its own sandbox, not as root by `+` or `!`: root that
// appends to a file in a folder of the service's would follow a symlink wherever the service likes.
// What a reader would get wrong: the script is the same text for all; paths and the unit's name (%n, so that instances of a
// template keep their starts apart) reach it as arguments, and no shell reads them.
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { FailureClass } from "@countersign/shared/wire/failure-class";

/** What an exit code of the program's own means. */
export interface ExitClass {
  readonly exit: number;
  readonly class: FailureClass;
}

/** Whose sessions are written where. */
export interface SessionUnit {
  /** `bob.service` or `bob@.service` */
  readonly unit: string;
  readonly ledger: string;
  readonly classes: readonly ExitClass[];
}

/** In the folder `UNIT.d`. */
export const DROPIN_NAME = "countersign-session.conf";
/** A ledger on a file system that hangs, or one that is a pipe, must not hold up a start. */
const LINE_SECONDS_MAX = 5;

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0001-\u001F\u007F]/g;

/**
 * Writes one line when a session begins, and keeps the instant for its end, with the run that it is of: after a power cut it
 * is still there, and the next run may die before it comes to this line. $1 is the ledger, $2 the unit.
 */
const BEGIN = [
  `umask 022; PATH=/usr/bin:/bin;`,
  `s=$(date +%s) && echo "$s $INVOCATION_ID" > "$1.$2" &&`,
  `echo "{\\"kind\\":\\"session-running\\",\\"startedAt\\":$s}" >> "$1"`,
];

/** Reads `41=auth` and the like. */
export function parseExitClasses(
  texts: readonly string[],
): Result<readonly ExitClass[], { readonly reason: string }> {
  const classes: ExitClass[] = [];
  for (const text of texts) {
    const [, code = "", name = ""] = /^([0-9]{1,3})=([a-z-]+)$/.exec(text) ?? [];
    const parsed = FailureClass.safeParse(name);
    if (!parsed.success || Number(code) < 1 || Number(code) > 255)
      return refuse({
        reason: `--class ${text} is not right: write an exit code and one of ${FailureClass.options.join(", ")}, such as 41=auth.`,
      });
    classes.push({ exit: Number(code), class: parsed.data });
  }
  return ok(classes);
}

/** The text of the drop-in. */
export function renderSessionDropin({ unit, ledger, classes }: SessionUnit): string {
  return `# ${unit}.d/${DROPIN_NAME}, by countersign-agent session-dropin: each start and each end of ${unit} becomes a line of
# ${JSON.stringify(ledger)}, whose folder the service's own user must be able to write (StateDirectory=). The lines run as that user.
[Service]
${lineOf("ExecStartPre", BEGIN, ledger)}
${lineOf("ExecStopPost", endScript(classes), ledger)}
`;
}

/** The drop-ins of all services whose catalogue declares `sessions`, by the folder and name below that of the units. */
export function sessionDropinsOf({
  services,
}: Catalogue): readonly { readonly path: string; readonly text: string }[] {
  return services.flatMap(({ evidence, unit }) => {
    const { ledger, sessions } = evidence ?? {};
    if (ledger === undefined || sessions === undefined || unit === undefined) return [];
    return [
      {
        path: `${unit}.d/${DROPIN_NAME}`,
        text: renderSessionDropin({ unit, ledger, classes: sessions.classes }),
      },
    ];
  });
}

// Of a unit that was skipped, or whose program began before there was a drop-in, no start is known and no line is written.
// Where it never came to the program and not even to our line, the start itself died.
function endScript(classes: readonly ExitClass[]): readonly string[] {
  const declared = classes.map(({ exit, class: name }) => `exited:${exit}:*) c=${name};;`);
  return [
    `umask 022; PATH=/usr/bin:/bin; e=$(date +%s); { read s i < "$1.$2"; } 2>/dev/null; rm -f "$1.$2";`,
    `[ "$i" = "$INVOCATION_ID" ] || s=;`,
    `[ "$SERVICE_RESULT" = exec-condition ] && exit 0;`,
    `case "$s" in ""|*[!0-9]*) [ "$SERVICE_RESULT" = success ] || [ "$EXIT_CODE" ] && exit 0; s=$e;; esac;`,
    `case "$EXIT_CODE:$EXIT_STATUS:$SERVICE_RESULT" in`,
    ...declared,
    // What systemd calls well: 0, SuccessExitStatus=, and the signals by which it stops units.
    `*:success) c=;;`,
    // What a program says that INT or TERM has ended, when it handles them.
    `exited:130:*|exited:143:*) c=;;`,
    `*:oom-kill) c=memory;;`,
    `*:timeout|*:watchdog|exited:124:*) c=timeout;;`,
    // A shell could not start it, systemd could not (200 and above), or it is not of the Type= that the unit says.
    `exited:12[67]:*|exited:2[0-4][0-9]:*|*:protocol|::exit-code) c=config;;`,
    `killed:*|dumped:*|exited:129:*|exited:1[3-9][0-9]:*) c=crash;;`,
    `*) c=other;;`,
    `esac;`,
    `[ "$c" ] && c="\\"$c\\"" || c=null;`,
    `d="$SERVICE_RESULT\${EXIT_CODE:+, $EXIT_CODE $EXIT_STATUS}";`,
    `echo "{\\"startedAt\\":$s,\\"endedAt\\":$e,\\"class\\":$c,\\"detail\\":\\"$d\\"}" >> "$1"`,
  ];
}

function lineOf(key: string, script: readonly string[], ledger: string): string {
  const text = script.map(escaped).join(" \\\n  ");
  return `${key}=-/usr/bin/timeout ${LINE_SECONDS_MAX} /bin/sh -c '${text}' sh "${escaped(ledger).replaceAll('"', '\\"')}" "%n"`;
}

// systemd unquotes first, then expands specifiers, then variables (systemd.service(5), COMMAND LINES).
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`)
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$");
}
