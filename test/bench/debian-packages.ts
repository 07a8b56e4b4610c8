// Puts Debian packages into a demo machine and nowhere else: they are downloaded by this machine's apt, because the demo machine has no
// way out, and unpacked inside, where they vanish with it.
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Machine } from "../../edge-agent/demo-host/machine.ts";
import { runCommand } from "../../edge-agent/demo-host/run-command.ts";

const FOLDER = "/var/cache/countersign-bench";

/** Installs them with what they depend on; their services are started as Debian does. */
export async function installInMachine(machine: Machine, packages: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-debs-"));
  try {
    await mkdir(join(folder, "partial"));
    await runCommand(["apt-get", "update", "--quiet"]);
    await runCommand([
      "apt-get",
      "install",
      "--yes",
      "--quiet",
      "--no-install-recommends",
      "--download-only",
      "--option=APT::Sandbox::User=root",
      `--option=Dir::Cache::archives=${folder}`,
      ...packages,
    ]);
    const files = (await readdir(folder)).filter((name) => name.endsWith(".deb"));
    for (const name of files)
      await machine.write(`${FOLDER}/${name}`, await readFile(join(folder, name)), 0o644);
    // none: they are installed on this machine, whose file system the demo machine sees
    if (files.length === 0) return;
    const path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    const paths = files.map((name) => `${FOLDER}/${name}`);
    await machine.run(["env", path, "DEBIAN_FRONTEND=noninteractive", "dpkg", "--install", ...paths]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
