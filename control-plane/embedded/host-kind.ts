// Which kind of demo host this machine gets, and why: what was asked for, what this state had the last time, what the
// machine can have. By itself nothing is ever installed; asked for by name, the missing packages are. What a reader would
// get wrong: a state keeps to its kind, for the desk would go on watching the other one, and page for its silence.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "./refusal.ts";
import type { HostKind, StartOptions } from "./start-options.ts";
import { type DebianPackage, installPackages, MACHINE_PACKAGES, missingPackages } from "./system-packages.ts";

type Kind = HostKind | "none";

/** What this machine has of what a real systemd machine needs. */
export interface Machine {
  readonly isRootOnLinux: boolean;
  readonly missing: readonly DebianPackage[];
}

/** The kind, and why it is this one. */
export interface ChosenHost {
  readonly kind: Kind;
  readonly why: "asked" | "as-last-time" | "can-have-it" | "not-root" | "packages-missing";
  /** the kind that this state had before; null: the same, or none */
  readonly instead: HostKind | null;
}

/** Where a state directory keeps the kind of its demo host. */
export const HOST_KIND_FILE = "host-kind";

/** Chooses; refuses, with what to do, when the kind of this state or the asked one cannot be had here. */
export function decideHostKind(
  asked: StartOptions["host"],
  { last, machine }: { readonly last: Kind | null; readonly machine: Machine },
): ChosenHost {
  const kept = last === null || last === "none" ? null : last;
  if (asked !== undefined) {
    if (asked === "systemd") refuseWithoutRoot(machine, "--host systemd boots a real machine, which needs");
    return { kind: asked, why: "asked", instead: kept === asked ? null : kept };
  }
  if (last === "systemd" && (!machine.isRootOnLinux || machine.missing.length > 0))
    throw new Refusal(
      `The demo host of this state is a real systemd machine, which needs root on Linux and the packages of systemd-nspawn: run it as root, say --host systemd to have them installed, take another kind with --host process, or begin anew with --fresh.`,
    );
  if (last !== null) return { kind: last, why: "as-last-time", instead: null };
  if (!machine.isRootOnLinux) return { kind: "process", why: "not-root", instead: null };
  if (machine.missing.length > 0) return { kind: "process", why: "packages-missing", instead: null };
  return { kind: "systemd", why: "can-have-it", instead: null };
}

/**
 * Chooses for a state directory, keeps the kind there, and installs what a systemd machine misses when it was asked for by
 * name.
 */
export async function chooseHostKind(asked: StartOptions["host"], stateDir: string): Promise<ChosenHost> {
  const machine = {
    isRootOnLinux: process.platform === "linux" && process.getuid?.() === 0,
    missing: missingPackages(MACHINE_PACKAGES),
  };
  const chosen = decideHostKind(asked, { last: lastKindIn(stateDir), machine });
  if (chosen.kind === "systemd") await install(machine.missing);
  writeFileSync(join(stateDir, HOST_KIND_FILE), `${chosen.kind}\n`);
  return chosen;
}

/** What the person is told: which one, why, and how to have another. */
export function hostKindText({ instead, kind, why }: ChosenHost): readonly string[] {
  const because = {
    asked: "you said --host",
    "as-last-time": "as in the last run of this state",
    "can-have-it": "you are root, and systemd-nspawn is here",
    "not-root": "a real machine would need root on Linux",
    "packages-missing": "a real machine would need packages that are not here; --host systemd installs them",
  }[why];
  return [
    `${KIND_WORDS[kind]}: ${because}.${why === "asked" ? "" : " --host systemd, process or none takes another."}`,
    ...(instead === null
      ? []
      : [
          `It takes the place of another kind (${instead}). The desk goes on watching that one, and pages for its silence: retire it at the desk, or begin anew with --fresh.`,
        ]),
  ];
}

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  systemd: "a real systemd machine of its own, with three users and scoped sudo",
  process: "simulated, agent and actuator as two processes of this user beside a small service",
  none: "none",
};

/** null: it never had one. A state of before this was kept says it by what lies in it. */
function lastKindIn(stateDir: string): Kind | null {
  const said = readOr(join(stateDir, HOST_KIND_FILE), "").trim();
  if (said === "systemd" || said === "process" || said === "none") return said;
  if (existsSync(join(stateDir, "demo-host", "machine"))) return "systemd";
  return existsSync(join(stateDir, "demo-host", "etc")) ? "process" : null;
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}

function refuseWithoutRoot({ isRootOnLinux }: Machine, what: string): void {
  if (!isRootOnLinux) throw new Refusal(`${what} root on Linux: run it as root, or use --host process.`);
}

async function install(missing: readonly DebianPackage[]): Promise<void> {
  if (missing.length === 0) return;
  process.stderr.write(`Installing Debian packages, as --host systemd needs them: ${missing.join(" ")}\n`);
  await installPackages(missing, (text) => process.stderr.write(text)).catch((error: unknown) => {
    throw new Refusal(
      `${error instanceof Error ? error.message : String(error)}\nInstall them by hand (apt-get install ${missing.join(" ")}), or use --host process.`,
    );
  });
}
