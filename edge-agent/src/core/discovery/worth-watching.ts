// Which units a person would care about. The rule (docs/host-install.md says it too): a service that runs, is enabled or failed, and
//   1. whose unit file an administrator or a user put there (/etc/systemd, /usr/local, a home), or
//   2. that came with a package, has a process now or failed, and is not on the list of what every machine has.
// What a timer starts is a job of that timer. Pure. What a reader would get wrong: what is left out is listed, never hidden.
import { OWN_UNIT_PATTERN } from "@countersign/shared/host/sudo-word";
import type { FoundUnit } from "./observations.ts";

export type Worth = "own" | "packaged" | "job" | "base" | "transient" | "nothing";

/** What every machine has, by the unit's name without its suffix and instance. */
const BASE: ReadonlySet<string> = new Set(
  `accounts-daemon apparmor apport atd auditd avahi-daemon blk-availability bluetooth chrony chronyd cloud-config cloud-final cloud-init
cloud-init-local colord console-getty console-setup container-getty cron crond cups cups-browsed dbus dbus-broker debug-shell display-manager
dm-event dmesg emergency exim4 fail2ban firewalld fstrim fwupd gdm getty gpg-agent dirmngr haveged ifup ifupdown-pre irqbalance iscsid kbd
keyboard-setup kmod kmod-static-nodes ldconfig lightdm lvm2-lvmpolld lvm2-monitor man-db mdmonitor ModemManager modprobe multipathd networkd-dispatcher
networking NetworkManager NetworkManager-wait-online nftables ntp ntpd ntpsec nvmefc-boot-connections open-iscsi packagekit plymouth-quit
plymouth-quit-wait plymouth-start polkit qemu-guest-agent quotaon rc-local rescue resolvconf rng-tools rpcbind rsync rsyslog rtkit-daemon
serial-getty setvtrgb smartd smartmontools snapd ssh sshd sudo sysstat tuned udisks2 ufw unattended-upgrades upower user user-runtime-dir
uuidd vgauth open-vm-tools wpa_supplicant x11-common`.split(/\s+/),
);
const BASE_PATTERN =
  /^(?:systemd-|initrd-|plymouth-|snapd\.|apt-|dpkg-|e2scrub|phpsession|logrotate|motd-|fwupd-|cloud-|gnome-|pipewire|pulseaudio|wireplumber|xdg-|dbus|gpg-agent|at-spi)/;
const OWN_PLACE = /^(?:\/etc\/systemd\/|\/usr\/local\/)/;
/** What systemd-run makes: gone when it ends, so nothing that could be restarted. */
const TRANSIENT_PLACE = /^\/run\/(?:user\/\d+\/)?systemd\/transient\//;
const USERS_PLACE = /\/\.(?:config|local\/share)\/systemd\/user\//;

/** Says what a unit is worth to a person; only services are anything. */
export function worthOf(unit: FoundUnit): Worth {
  if (!unit.unit.endsWith(".service") || OWN_UNIT_PATTERN.test(unit.unit)) return "nothing";
  if (unit.unit.endsWith("@.service") || unit.path === "" || unit.path === "/dev/null") return "nothing";
  if (TRANSIENT_PLACE.test(unit.path)) return "transient";
  const isAlive = ["active", "activating", "reloading"].includes(unit.activeState);
  const hasFailed = unit.activeState === "failed";
  const isEnabled = unit.fileState.startsWith("enabled");
  const isOwn = OWN_PLACE.test(unit.path) || USERS_PLACE.test(unit.path);
  // also where a person put a file of their own in its place (/etc/systemd/system/ssh.service)
  if (isBase(unit.unit)) return isAlive || hasFailed ? "base" : "nothing";
  if (unit.triggeredBy.some((name) => name.endsWith(".timer")) && unit.type === "oneshot")
    return isOwn ? "job" : "base";
  if (isOwn) return isAlive || hasFailed || isEnabled ? "own" : "nothing";
  return (isAlive && unit.mainPid > 0) || hasFailed ? "packaged" : "nothing";
}

function isBase(unit: string): boolean {
  const name = unit.replace(/\.service$/, "").replace(/@.*$/, "");
  return BASE.has(name) || BASE_PATTERN.test(name);
}
