// What of cron's lines and pm2's list starts the same thing as a unit. Pure: texts in, matches out. What a reader would get wrong: a line of
// cron that only names a program is no manager of it; it must start it at boot, or look whether it runs.

/** What a unit starts. */
export interface Started {
  /** the unit's name without its ending */
  readonly stem: string;
  /** absolute paths of its command line that say which program it is: not those of interpreters */
  readonly paths: readonly string[];
  /** the container that it runs, if it does; null: none */
  readonly container: { readonly engine: "docker" | "podman"; readonly name: string } | null;
}

export interface CronLine {
  readonly file: string;
  /** whose crontab it is; null: a file of the machine's */
  readonly owner: string | null;
  readonly text: string;
}

export interface Pm2Entry {
  readonly name: string;
  readonly path: string;
}

const LINE_CHARS_MAX = 120;
const SYSTEM_PROGRAM = /^\/(?:usr\/)?s?bin\//;
const KEEPS_ALIVE = /\b(?:systemctl|service|pgrep|pidof|pm2|docker|podman|supervisorctl)\b/;

/** Reads what `systemctl show --property=ExecStart` says. */
export function programOf(unit: string, execStart: string): Started {
  const argv = /argv\[\]=(.*?) ;/.exec(execStart)?.[1]?.split(/\s+/) ?? [];
  const absolute = argv.filter((word) => word.startsWith("/"));
  const own = absolute.filter((path) => !SYSTEM_PROGRAM.test(path));
  return {
    stem: unit.replace(/\.[a-z]+$/, ""),
    paths:
      own.length > 0
        ? own
        : absolute.filter((path) => !/\/(?:sh|bash|env|node|python3?|docker|podman|sleep)$/.test(path)),
    container: containerOf(argv),
  };
}

function containerOf(argv: readonly string[]): Started["container"] {
  const engine = /\/(docker|podman)$/.exec(argv[0] ?? "")?.[1];
  if (engine !== "docker" && engine !== "podman") return null;
  const named = argv.findIndex((word) => word === "--name");
  const name =
    argv.find((word) => word.startsWith("--name="))?.slice("--name=".length) ??
    (named === -1 ? undefined : argv[named + 1]) ??
    (argv[1] === "start" ? argv.at(-1) : undefined);
  return name === undefined || !/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name) ? null : { engine, name };
}

/** The lines of a crontab that start something at boot, or look after something. */
export function cronLinesIn(text: string, file: string, owner: string | null): readonly CronLine[] {
  return text.split("\n").flatMap((written) => {
    const line = written.trim();
    if (line.startsWith("#") || !(line.startsWith("@reboot") || KEEPS_ALIVE.test(line))) return [];
    return [{ file, owner, text: line.slice(0, LINE_CHARS_MAX) }];
  });
}

/** What pm2 starts by its kept list; nothing of one that cannot be read. */
export function pm2EntriesIn(text: string): readonly Pm2Entry[] {
  let dump: unknown;
  try {
    dump = JSON.parse(text);
  } catch {
    return [];
  }
  const entries: readonly unknown[] = Array.isArray(dump) ? dump : [];
  return entries.flatMap((entry) => {
    const { name, pm_exec_path: path } = (entry ?? {}) as {
      readonly name?: unknown;
      readonly pm_exec_path?: unknown;
    };
    return typeof name === "string" && typeof path === "string" ? [{ name, path }] : [];
  });
}

/** Whether a line of cron or an entry of pm2 starts what a unit starts. */
export function isManagedBy(by: CronLine | Pm2Entry, { paths, stem }: Started): boolean {
  if ("path" in by) return paths.includes(by.path) || by.name === stem;
  const words = by.text.split(/[\s;|&"'()<>]+/);
  return words.some((word) => paths.includes(word) || word === stem || word === `${stem}.service`);
}
