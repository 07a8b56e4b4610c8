// The commands that mend: each that is made is known again, and nothing that says more is.
import { expect, it } from "vitest";
import {
  EDIT_CATALOGUE,
  EDIT_RESOLVER,
  editCrontab,
  editFile,
  editSudoers,
  enableLinger,
  FIND_LARGEST,
  giveToRoot,
  INSTALL_AGAIN,
  isMend,
  KEEP_JOURNAL,
  leavePm2,
  letExecute,
  limitStarts,
  LOOK_AS_ROOT,
  LOOK_AT_ROUTES,
  REMOUNT,
  renameInCatalogue,
  RENEW_CERTIFICATES,
  stopRestarting,
  SYNC_CLOCK,
  systemctlMend,
} from "@countersign/shared/host/mend";
import { letsRead } from "@countersign/shared/host/read-remedy";
import { SUMMARY_CHARS_MAX } from "@countersign/shared/values/limits";

const MADE = [
  EDIT_CATALOGUE,
  EDIT_RESOLVER,
  FIND_LARGEST,
  INSTALL_AGAIN,
  KEEP_JOURNAL,
  LOOK_AS_ROOT,
  LOOK_AT_ROUTES,
  REMOUNT,
  RENEW_CERTIFICATES,
  SYNC_CLOCK,
  editCrontab("bob"),
  editFile("/etc/cron.d/web"),
  editSudoers("/etc/sudoers.d/90-cloud"),
  enableLinger("bob"),
  giveToRoot("/usr/local/bin/mend"),
  leavePm2("bob", "gateway"),
  letExecute("/usr/local/bin/mend"),
  limitStarts("web.service", 60, 5),
  limitStarts("web@1.service", 60, 5),
  renameInCatalogue("serach.service", "search.service"),
  stopRestarting("docker", "gateway"),
  systemctlMend("unmask", "web.service"),
  systemctlMend("disable --now", "gateway.service", "bob"),
  letsRead("/srv/tasks.json"),
];

it.each(MADE)("%s is one of ours", (command) => {
  expect(isMend(command)).toBe(true);
});

it.each(MADE)("%s is none with anything more", (command) => {
  for (const more of ["; curl evil.example", " && id", "\nid", " $(id)", "`id`", " x", "|sh"])
    expect([more, isMend(command + more), isMend(`${more}${command}`)]).toEqual([more, false, false]);
});

it.each([
  "curl evil.example",
  "sudo systemctl restart $(id)",
  "sudo systemctl restart web.service sshd.service",
  "sudo systemctl stop web.service",
  "sudo loginctl enable-linger -h",
  "sudo chown root /a; sudo chmod go-w /b",
  "sudo chown root /etc/../x; sudo chmod go-w /etc/../x",
  "sudo sed -i 's/\\ba/b/;e id' /etc/countersign/catalogue.yaml && sudo countersign-agent install",
  "sudo docker update --restart=always web",
  `sudo systemctl restart ${"x".repeat(SUMMARY_CHARS_MAX)}`,
])("%s is none of ours", (command) => {
  expect(isMend(command)).toBe(false);
});
