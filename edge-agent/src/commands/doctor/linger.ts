// The part of `doctor` about users' own systemd: whether it stays after a sign-out and comes back after a boot (linger), and whether it runs
// now. Reads only; anybody may look.
import { access } from "node:fs/promises";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { EDIT_CATALOGUE, enableLinger, systemctlMend } from "@countersign/shared/host/mend";
import type { Examiner } from "./examiner.ts";
import { type Finding, well, wrong } from "./finding.ts";
import { look } from "./systemd.ts";

export const LINGER_FOLDER = "/var/lib/systemd/linger";

export const userManagersExaminer: Examiner = {
  name: "user managers",
  eyes: "anyone",
  isOfInstalled: true,
  examine: async ({ catalogue }) => (await Promise.all(usersOf(catalogue).map(examineUser))).flat(),
};

function usersOf({ services }: Catalogue): readonly string[] {
  const users = services.flatMap(({ manager, user }) =>
    manager === "user" && user !== undefined ? [user] : [],
  );
  return [...new Set(users)].sort();
}

async function examineUser(user: string): Promise<readonly Finding[]> {
  const { isDone, output } = await look(["/usr/bin/id", "-u", user]);
  if (!isDone)
    return [
      wrong(
        `user: ${user}`,
        "this host has no such user: correct the catalogue, or make them",
        EDIT_CATALOGUE,
      ),
    ];
  return [await examineLinger(user), await examineManager(user, output.trim())];
}

async function examineLinger(user: string): Promise<Finding> {
  const check = `linger: ${user}`;
  const lingers = await access(`${LINGER_FOLDER}/${user}`).then(
    () => true,
    () => false,
  );
  return lingers
    ? well(check, "their units run without them, and after a boot")
    : wrong(
        check,
        "their units stop when they sign out, and do not come back after a boot",
        enableLinger(user),
      );
}

async function examineManager(user: string, uid: string): Promise<Finding> {
  const unit = `user@${uid}.service`;
  const check = `manager: ${user}`;
  return (await look(["systemctl", "is-active", "--quiet", unit])).isDone
    ? well(check, `${unit} runs`)
    : wrong(check, `${unit} does not run, so nothing of theirs does`, systemctlMend("start", unit));
}
