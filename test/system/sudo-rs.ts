// Debian trixie's real sudo-rs beside this machine's sudo: apt with a root of its own downloads it and the libraries it needs, and its visudo
// runs by their loader. Kept in node_modules/.cache; nothing of this machine is changed.
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CommandResult, runCommand, tryCommand } from "../../edge-agent/demo-host/run-command.ts";

const CACHE = join(import.meta.dirname, "../../node_modules/.cache/sudo-rs-trixie");
const PACKAGES = ["sudo-rs", "libc6", "libpam0g", "libaudit1", "libcap-ng0", "libgcc-s1"];
const SOURCE =
  "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main\n";
const LIBRARIES = "usr/lib/x86_64-linux-gnu";

/** Runs sudo-rs's visudo over a file. */
export type Visudo = (file: string) => Promise<CommandResult>;

/** Brings sudo-rs's visudo; throws where it cannot be had. */
export async function bringVisudoOfSudoRs(): Promise<Visudo> {
  if (!existsSync(join(CACHE, "usr/bin/visudo-rs"))) await download();
  const loader = join(CACHE, "usr/lib64/ld-linux-x86-64.so.2");
  const visudo = [loader, "--library-path", join(CACHE, LIBRARIES), join(CACHE, "usr/bin/visudo-rs")];
  return (file) => tryCommand([...visudo, "-cf", file]);
}

/** Into a folder of its own first: half a download is none. */
async function download(): Promise<void> {
  const folder = `${CACHE}.${process.pid}`;
  const [state, debs, root] = ["state/lists/partial", "debs/partial", "root"].map((name) =>
    join(folder, name),
  );
  for (const path of [state, debs, root]) await mkdir(path ?? folder, { recursive: true });
  const list = join(folder, "sources.list");
  await writeFile(list, SOURCE);
  const settings = {
    "Dir::Etc::sourcelist": list,
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::State": join(folder, "state"),
    "Dir::State::status": "/dev/null",
    "Dir::Cache": join(folder, "cache"),
    "Dir::Cache::archives": join(folder, "debs"),
    "APT::Sandbox::User": "root",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  await runCommand(["apt-get", ...options, "update"]);
  const install = ["install", "--download-only", "--yes", "--no-install-recommends"];
  await runCommand(["apt-get", ...options, ...install, ...PACKAGES]);
  for (const name of await readdir(join(folder, "debs")))
    if (name.endsWith(".deb"))
      await runCommand(["dpkg-deb", "-x", join(folder, "debs", name), join(folder, "root")]);
  await rm(CACHE, { recursive: true, force: true });
  await rename(join(folder, "root"), CACHE);
  await rm(folder, { recursive: true, force: true });
}
