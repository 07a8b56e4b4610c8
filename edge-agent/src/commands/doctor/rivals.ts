// The part of `doctor` that looks for a second manager of the same thing: the same unit as the machine's and as a user's, pm2, docker's
// restart policy behind a unit, lines of cron that start it. Two of them start it twice, or bring back what the other stopped. As root: it
// reads other people's files. Changes nothing.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServiceSpec } from "@countersign/shared/host/catalogue";
import {
  editCrontab,
  editFile,
  leavePm2,
  stopRestarting,
  systemctlMend,
} from "@countersign/shared/host/mend";
import {
  type CronLine,
  cronLinesIn,
  isManagedBy,
  pm2EntriesIn,
  programOf,
  type Started,
} from "../../core/rival-starters.ts";
import { eachService, type Examiner } from "./examiner.ts";
import { type Finding, well, wrong } from "./finding.ts";
import { LINGER_FOLDER } from "./linger.ts";
import { askSystemd, isRoot, look } from "./systemd.ts";

/** A list of pm2's, or a crontab, that is larger is not read. */
const FILE_BYTES_MAX = 1024 * 1024;
const USERS_MAX = 64;

export const managersExaminer: Examiner = {
  name: "managers",
  eyes: "root",
  isOfInstalled: true,
  examine: async ({ catalogue }) => {
    if (!isRoot()) return [];
    const others = { cron: await readCron(), pm2: await readPm2(), lingering: await lingeringUsers() };
    return await eachService(catalogue, async (service) => {
      if (service.unit === undefined) return [];
      const started = await startedBy(service);
      const found = [
        ...(await copiesOf(service, others.lingering)),
        ...others.pm2.flatMap(({ user, ...entry }) =>
          isManagedBy(entry, started)
            ? wrong(
                checkOf(service),
                `pm2 of ${user} runs ${entry.name} too: whatever one stops, the other starts`,
                leavePm2(user, entry.name),
              )
            : [],
        ),
        ...others.cron.flatMap((line) =>
          isManagedBy(line, started)
            ? wrong(checkOf(service), `cron starts it too, in ${line.file}: ${line.text}`, mendCron(line))
            : [],
        ),
        ...(await restartedByEngine(service, started)),
      ];
      return found.length > 0
        ? found.slice(0, 1)
        : [well(checkOf(service), "nothing else was found that starts it")];
    });
  },
};

function checkOf({ unit, user }: ServiceSpec): string {
  return `managers: ${unit}${user === undefined ? "" : ` of ${user}`}`;
}

function mendCron({ file, owner }: CronLine): string {
  return owner === null ? editFile(file) : editCrontab(owner);
}

async function startedBy(service: ServiceSpec): Promise<Started> {
  const told = await askSystemd(service, ["ExecStart"]);
  return programOf(service.unit ?? "", told?.get("ExecStart") ?? "");
}

// Of the same name, active or started at boot, with another systemd.
async function copiesOf(service: ServiceSpec, lingering: readonly string[]): Promise<readonly Finding[]> {
  const { unit = "" } = service;
  const found: Finding[] = [];
  const users = lingering.filter((user) => user !== service.user);
  const others: (string | undefined)[] = service.manager === "user" ? [undefined, ...users] : users;
  for (const user of others) {
    const asked = user === undefined ? { unit } : { manager: "user" as const, unit, user };
    const told = await askSystemd(asked, ["LoadState", "ActiveState", "UnitFileState"]);
    if (told?.get("LoadState") !== "loaded") continue;
    if (told.get("ActiveState") !== "active" && told.get("UnitFileState") !== "enabled") continue;
    const whose = user === undefined ? "the machine" : user;
    found.push(
      wrong(
        checkOf(service),
        `${whose} has a unit of the same name that runs or is started at boot: both run one thing`,
        systemctlMend("disable --now", unit, user),
      ),
    );
  }
  return found;
}

async function restartedByEngine(service: ServiceSpec, { container }: Started): Promise<readonly Finding[]> {
  if (container === null) return [];
  const { engine, name } = container;
  const asked = [
    `/usr/bin/${engine}`,
    "container",
    "inspect",
    "--format={{.HostConfig.RestartPolicy.Name}}",
    name,
  ];
  const { isDone, output } = await look(asked);
  const policy = output.trim();
  if (!isDone || policy === "" || policy === "no") return [];
  return [
    wrong(
      checkOf(service),
      `${engine} starts the container ${name} by itself too (restart policy ${policy})`,
      stopRestarting(engine, name),
    ),
  ];
}

async function lingeringUsers(): Promise<readonly string[]> {
  return (await readdir(LINGER_FOLDER).catch(() => [])).slice(0, USERS_MAX);
}

async function readCron(): Promise<readonly CronLine[]> {
  const lines: CronLine[] = [];
  const read = async (file: string, owner: string | null) => {
    const text = await readSmall(file);
    if (text !== null) lines.push(...cronLinesIn(text, file, owner));
  };
  await read("/etc/crontab", null);
  for (const name of await readdir("/etc/cron.d").catch(() => []))
    await read(join("/etc/cron.d", name), null);
  const crontabs = "/var/spool/cron/crontabs";
  for (const user of await readdir(crontabs).catch(() => [])) await read(join(crontabs, user), user);
  return lines;
}

async function readPm2() {
  const passwd = (await readSmall("/etc/passwd")) ?? "";
  const homes = passwd.split("\n").flatMap((line) => {
    const [user = "", , , , , home = ""] = line.split(":");
    return home.startsWith("/") && home !== "/" ? [{ user, home }] : [];
  });
  const lists = await Promise.all(
    homes.map(async ({ home, user }) => {
      const text = await readSmall(join(home, ".pm2/dump.pm2"));
      return text === null ? [] : pm2EntriesIn(text).map((entry) => ({ ...entry, user }));
    }),
  );
  return lists.flat();
}

async function readSmall(file: string): Promise<string | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  return text === null || text.length > FILE_BYTES_MAX ? null : text;
}
