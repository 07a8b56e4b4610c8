// The commands by which a person mends what doctor found: made on the host, and known again by whoever shows them. Pure.
// What a reader would get wrong: a host's text under words that ask to run something is run as root, so the desk shows only what has exactly
// one of these forms, without a way to say anything more. Which unit, user or path it names is still the host's word.
import { SUMMARY_CHARS_MAX } from "../values/limits.ts";
import { isReadRemedy, OPENS_SEALED } from "./read-remedy.ts";

const CATALOGUE = "/etc/countersign/catalogue.yaml";

/** Writes anew what install writes, and starts what goes by it. */
export const INSTALL_AGAIN = OPENS_SEALED;
/** For what only a person knows: the detail says what is to be changed. */
export const EDIT_CATALOGUE = `sudoedit ${CATALOGUE} && ${INSTALL_AGAIN}`;
/** Has the host's clock follow a time server. */
export const SYNC_CLOCK = "sudo timedatectl set-ntp true";
/** Keeps the journal on disk. */
export const KEEP_JOURNAL =
  "sudo mkdir -p /var/log/journal && sudo systemctl restart systemd-journald.service";
/** Says who resolves names here. */
export const EDIT_RESOLVER = "sudoedit /etc/resolv.conf";
/** Shows the way out of the host, and what may close it. */
export const LOOK_AT_ROUTES = "ip route; sudo nft list ruleset";
/** Renews the certificates that this host believes. */
export const RENEW_CERTIFICATES = "sudo update-ca-certificates --fresh";
/** Shows what takes the room of the disk. */
export const FIND_LARGEST = "sudo du -xhd3 / | sort -h | tail -n 20";
/** Lets the disk be written again. */
export const REMOUNT = "sudo mount -o remount,rw /";
/** Looks as root, which sees more. */
export const LOOK_AS_ROOT = "sudo countersign-agent doctor";

const UNIT_VERBS = ["restart", "start", "unmask", "reset-failed", "status", "disable --now"] as const;

/** One verb of systemctl on one unit; of a user's own systemd where a user is named. */
export function systemctlMend(verb: (typeof UNIT_VERBS)[number], unit: string, user?: string): string {
  const manager = user === undefined ? "" : `--user --machine=${user}@.host `;
  return `sudo systemctl ${manager}${verb} ${unit}`;
}

/** Has a user's units run without them, and after a boot. */
export function enableLinger(user: string): string {
  return `sudo loginctl enable-linger ${user}`;
}

/** Puts the right name of a unit or container in the place of a wrong one. */
export function renameInCatalogue(was: string, is: string): string {
  return `sudo sed -i 's/\\b${was.replaceAll(".", "\\.")}/${is}/' ${CATALOGUE} && ${INSTALL_AGAIN}`;
}

/** Gives a file back to root, whom alone it may follow. */
export function giveToRoot(path: string): string {
  return `sudo chown root ${path}; sudo chmod go-w ${path}`;
}

/** Lets everybody execute a program. */
export function letExecute(path: string): string {
  return `sudo chmod a+rx ${path}`;
}

/** Opens a file of sudo's rules so that it cannot be saved broken. */
export function editSudoers(path: string): string {
  return `sudo visudo -f ${path}`;
}

/** Opens a user's crontab, or the machine's. */
export function editCrontab(user: string): string {
  return `sudo crontab -u ${user} -e`;
}

/** Opens a file of the machine's. */
export function editFile(path: string): string {
  return `sudoedit ${path}`;
}

/** Has systemd give up on a unit that it starts again and again. */
export function limitStarts(unit: string, intervalSeconds: number, burst: number): string {
  const folder = `/etc/systemd/system/${unit}.d`;
  return `sudo mkdir -p ${folder} && printf '[Unit]\\nStartLimitIntervalSec=${intervalSeconds}\\nStartLimitBurst=${burst}\\n' | sudo tee ${folder}/start-limit.conf && sudo systemctl daemon-reload`;
}

/** Takes a program out of pm2's list, and keeps the list without it. */
export function leavePm2(user: string, name: string): string {
  return `sudo -iu ${user} pm2 delete ${name} && sudo -iu ${user} pm2 save`;
}

/** Leaves starting a container again to whoever starts it here. */
export function stopRestarting(engine: string, container: string): string {
  return `sudo ${engine} update --restart=no ${container}`;
}

const UNIT = String.raw`[A-Za-z0-9][A-Za-z0-9_.@\\-]*`;
const USER = "[a-z_][a-z0-9_-]*";
const PATH = "(?:/[A-Za-z0-9_.@:+-]+)+";
const CATALOGUE_TEXT = String.raw`/etc/countersign/catalogue\.yaml`;

const FIXED: ReadonlySet<string> = new Set([
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
]);

const FORMS = [
  `sudo systemctl (?:--user --machine=${USER}@\\.host )?(?:${UNIT_VERBS.join("|")}) ${UNIT}`,
  `sudo loginctl enable-linger ${USER}`,
  String.raw`sudo sed -i 's/\\b[A-Za-z0-9_.@\\-]+/[A-Za-z0-9_.@-]+/' ${CATALOGUE_TEXT} && ${INSTALL_AGAIN}`,
  String.raw`sudo chown root (${PATH}); sudo chmod go-w \1`,
  `sudo chmod a\\+rx ${PATH}`,
  `sudo visudo -f ${PATH}`,
  `sudo crontab -u ${USER} -e`,
  `sudoedit ${PATH}`,
  String.raw`sudo mkdir -p (/etc/systemd/system/${UNIT}\.d) && printf '\[Unit\]\\nStartLimitIntervalSec=[0-9]+\\nStartLimitBurst=[0-9]+\\n' \| sudo tee \1/start-limit\.conf && sudo systemctl daemon-reload`,
  `sudo (?:docker|podman) update --restart=no [A-Za-z0-9][A-Za-z0-9_.-]*`,
  String.raw`sudo -iu (${USER}) pm2 delete ([A-Za-z0-9][A-Za-z0-9_.-]*) && sudo -iu \1 pm2 save`,
].map((form) => new RegExp(`^${form}$`));

/** Says whether a text is one of the commands above, in its exact form, and not one that may have been cut off. */
export function isMend(text: string): boolean {
  if (text.length >= SUMMARY_CHARS_MAX || /\/\.\.?(?:[/; ]|$)/.test(text)) return false;
  return FIXED.has(text) || isReadRemedy(text) || FORMS.some((form) => form.test(text));
}
