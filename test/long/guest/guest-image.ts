// The disk of the KVM guest: Debian 13 with its own kernel, made once by debootstrap from the mirror that this machine's own apt uses, and kept
// in the cache of whoever runs it. The name of the folder is a hash of the recipe: a changed recipe makes a new image, an unchanged one
// is never made again, so what Debian has mended since is not in it. Needs root; nothing outside its folder is written.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const BUILD_TIMEOUT_MS = 15 * 60_000;
const DISK_BYTES = 2 * 1024 ** 3;
/** Where apt names no mirror of Debian's own, as on Ubuntu. */
const MIRROR_OF_LAST_RESORT = "http://deb.debian.org/debian";

/** Reads commands from the port of the virtual machine, one line of base64 each, and answers with exit code and output. */
const COMMAND_LOOP = `#!/bin/bash
# The port by its own name: the link that udev makes comes late, and opening it before would make a plain file.
until [ -c /dev/vport1p1 ]; do sleep 0.2; done
exec 3<>/dev/vport1p1
echo ready >&3
while true; do
  IFS= read -r line <&3 || { sleep 0.1; continue; }
  base64 -d <<<"$line" >/run/guest-command
  timeout --kill-after=5 180 bash /run/guest-command >/run/guest-output 2>&1 </dev/null
  echo "$? $(head -c 262144 /run/guest-output | base64 -w0)" >&3
done
`;

/** All that makes the image what it is. */
const RECIPE = {
  version: 1,
  suite: "trixie",
  packages: [
    "ca-certificates",
    "dbus",
    "dbus-user-session",
    "initramfs-tools",
    "libpam-systemd",
    "linux-image-cloud-amd64",
    "sudo-rs",
    "systemd-sysv",
    "zstd",
  ],
  files: {
    "/etc/hostname": { text: "guest\n", mode: 0o644 },
    "/etc/hosts": { text: "127.0.0.1 localhost guest\n", mode: 0o644 },
    // What qemu's own network gives out (`-nic user`); the test's control plane is 10.0.2.2 in it.
    "/etc/systemd/network/10-guest.network": {
      text: "[Match]\nName=e*\n\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\n",
      mode: 0o644,
    },
    // What Debian's package sudo ships, and sudo-rs does not.
    "/etc/pam.d/sudo": {
      text: "@include common-auth\n@include common-account\n@include common-session-noninteractive\n",
      mode: 0o644,
    },
    "/etc/sudoers": { text: "root ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n", mode: 0o440 },
    "/usr/local/sbin/guest-commands": { text: COMMAND_LOOP, mode: 0o755 },
    "/etc/systemd/system/guest-commands.service": {
      text: `[Service]
ExecStart=/usr/local/sbin/guest-commands
Restart=always
OOMPolicy=continue
OOMScoreAdjust=-1000

[Install]
WantedBy=multi-user.target
`,
      mode: 0o644,
    },
  },
  // As Ubuntu 25.10 does: sudo-rs is what `sudo` and `visudo` are.
  afterwards: [
    "ln -s sudo-rs /usr/bin/sudo",
    "ln -s ../bin/visudo-rs /usr/sbin/visudo",
    "useradd --create-home --shell /bin/bash bob",
    "systemctl enable systemd-networkd.service guest-commands.service",
    "systemctl mask systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer e2scrub_reap.service e2scrub_all.timer getty.target serial-getty@ttyS0.service",
    "systemd-machine-id-setup",
    // What the first boot would do is done: caches of libraries, of the journal's catalogue, of users.
    "touch --date=tomorrow /etc/.updated /var/.updated",
  ],
} as const;

export interface GuestImage {
  readonly disk: string;
  readonly kernel: string;
}

/** The image of this recipe; made first where it is missing, which takes minutes. */
export async function guestImage(say: (text: string) => void): Promise<GuestImage> {
  const name = `guest-${createHash("sha256").update(JSON.stringify(RECIPE)).digest("hex").slice(0, 16)}`;
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "countersign");
  const folder = join(cache, name);
  const image = { disk: join(folder, "disk.raw"), kernel: join(folder, "vmlinuz") };
  if (await isThere(image.disk)) return image;
  await mkdir(cache, { recursive: true });
  say(`making a Debian ${RECIPE.suite} guest in ${folder}, which takes some minutes`);
  const building = await mkdtemp(`${folder}.new-`);
  try {
    await build(building);
    await rename(building, folder);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  await forgetOthers(cache, name);
  return image;
}

async function build(folder: string): Promise<void> {
  const root = join(folder, "root");
  const options = { timeout: BUILD_TIMEOUT_MS, maxBuffer: 16 * 1024 ** 2 };
  const { packages, suite } = RECIPE;
  await run(
    "debootstrap",
    ["--variant=minbase", `--include=${packages.join(",")}`, suite, root, await mirrorOfApt()],
    options,
  );
  for (const [path, { text, mode }] of Object.entries(RECIPE.files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), mode);
  }
  for (const line of RECIPE.afterwards) await run("chroot", [root, "/bin/sh", "-ec", line], options);
  await copyFile(await kernelIn(join(root, "boot")), join(folder, "vmlinuz"));
  await rm(join(root, "var/cache/apt"), { recursive: true });
  const disk = join(folder, "disk.raw");
  await run("truncate", ["--size", String(DISK_BYTES), disk]);
  await run("mkfs.ext4", ["-q", "-d", root, disk], options);
  await rm(root, { recursive: true });
}

/** It finds an NVMe disk and ext4 by itself: no initrd, which would take a minute where the guest is computed. */
async function kernelIn(folder: string): Promise<string> {
  const kernel = (await readdir(folder)).find((name) => name.startsWith("vmlinuz-"));
  if (kernel === undefined) throw new Error(`Find the kernel in ${folder}: its package left none`);
  return join(folder, kernel);
}

/** The mirror of Debian's main archive in this machine's own apt. */
async function mirrorOfApt(): Promise<string> {
  const targets = await run("apt-get", [
    "indextargets",
    "--format",
    "$(ORIGIN) $(COMPONENT) $(LABEL) $(SITE)",
    "Created-By: Packages",
  ]).catch(() => ({ stdout: "" }));
  const line = targets.stdout.split("\n").find((text) => text.startsWith("Debian main Debian http"));
  return line?.split(" ")[3] ?? MIRROR_OF_LAST_RESORT;
}

/** Images of older recipes are of no use any more. */
async function forgetOthers(cache: string, name: string): Promise<void> {
  const names = await readdir(cache);
  const others = names.filter((other) => /^guest-[0-9a-f]{16}$/.test(other) && other !== name);
  await Promise.all(others.map((other) => rm(join(cache, other), { recursive: true, force: true })));
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
