// What an act is called before it runs, while it runs and afterwards, under which condition, and
// what a person may paste about it. Pure. All of it is read from the proposal that the host itself made. A name that a shell
// would read as more than a word is in no command to paste.
import { SYSTEMCTL_PATH } from "@countersign/shared/host/action-argv";
import type { Proposal } from "@countersign/shared/wire/proposal";
import type { Approval } from "../../core/desk/records/approval.ts";

type Act = Pick<Proposal, "action" | "service">;

interface Verb {
  /** `Restart nginx?` */
  readonly ask: string;
  /** `restarting nginx` */
  readonly doing: string;
  /** `restarted nginx` */
  readonly done: string;
  /** `The restart of nginx` */
  readonly noun: string;
}

/** Actions that read as a verb; by what else a host calls one, its name is said as it is. */
const VERBS: ReadonlyMap<string, Verb> = new Map([
  ["restart", { ask: "restart", doing: "restarting", done: "restarted", noun: "restart" }],
  ["start", { ask: "start", doing: "starting", done: "started", noun: "start" }],
  ["stop", { ask: "stop", doing: "stopping", done: "stopped", noun: "stop" }],
  ["reload", { ask: "reload", doing: "reloading", done: "reloaded", noun: "reload" }],
  ["retry", { ask: "retry", doing: "retrying", done: "retried", noun: "retry" }],
  ["reset", { ask: "reset", doing: "resetting", done: "reset", noun: "reset" }],
]);

/** `restart nginx`, or `run “clear-cache” for nginx`. */
export function askOf({ action, service }: Act): string {
  const verb = VERBS.get(action);
  return verb === undefined ? `run “${action}” for ${service}` : `${verb.ask} ${service}`;
}

/** `restarting nginx`. */
export function doingOf({ action, service }: Act): string {
  const verb = VERBS.get(action);
  return verb === undefined ? `running “${action}” for ${service}` : `${verb.doing} ${service}`;
}

/** `nginx was restarted`. */
export function doneOf({ action, service }: Act): string {
  const verb = VERBS.get(action);
  return verb === undefined ? `“${action}” ran for ${service}` : `${service} was ${verb.done}`;
}

/** `restart`, or `“clear-cache”`: what is approved, denied, or did not help. */
export function nounOf({ action }: Pick<Proposal, "action">): string {
  return VERBS.get(action)?.noun ?? `“${action}”`;
}

/**
 * What must still be so when it is run, in a sentence: the host looks itself; null: its unit cannot be seen, so nothing is
 * held against it.
 */
export function conditionOf({ precondition }: Pick<Proposal, "precondition">): string | null {
  switch (precondition?.activeState) {
    case undefined:
    case "unknown":
      return null;
    case "failed":
    case "inactive":
      return "Only if it is still down and nobody started it since.";
    case "active":
    case "reloading":
      return "Only if it is still the same run: nobody restarted or stopped it since.";
    case "activating":
      return precondition?.isStarting === true
        ? "Only if it is still the same start, and not over."
        : "Only if it still waits to be started, and nobody started it since.";
    case "deactivating":
      return "Only if it is still being stopped.";
  }
}

/** The unit that a command is about, as systemd knows it; null: the command names none. */
export function unitOf({ argv, unitState }: Pick<Proposal, "argv" | "unitState">): string | null {
  const named = argv.includes(SYSTEMCTL_PATH) ? argv.at(-1) : undefined;
  return named ?? unitState.id ?? null;
}

/** The user whose own systemd a command is for; null: it is for the machine's. */
function managerOf({ argv }: Pick<Proposal, "argv">): string | null {
  const [user = null] = argv.flatMap(
    (word) => /^--machine=([a-z_][a-z0-9_-]*)@\.host$/.exec(word)?.[1] ?? [],
  );
  return argv.includes("--user") ? user : null;
}

/** Says whether the service did not run at all when it was asked about. */
export function isDown({ unitState }: Pick<Proposal, "unitState">): boolean {
  return unitState.activeState === "failed" || unitState.activeState === "inactive";
}

const HOST_WORD = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const UNIT_WORD = /^[A-Za-z0-9][A-Za-z0-9_.@-]*$/;

/** What may be pasted about one approval; null: its unit's name is not known, or is no plain word. */
export interface Commands {
  readonly status: string;
  readonly journal: string;
  readonly start: string;
  readonly resetFailed: string;
}

/** By `ssh`, where the host's name is a plain word, else as typed on the host. */
export function commandsFor({ proposal, subject }: Approval): Commands | null {
  const unit = unitOf(proposal);
  if (unit === null || !UNIT_WORD.test(unit)) return null;
  const { hostName } = subject;
  const way = HOST_WORD.test(hostName) ? `ssh ${hostName} ` : "";
  const user = managerOf(proposal);
  if (user !== null) {
    const systemctl = `${way}sudo systemctl --user --machine=${user}@.host`;
    return {
      status: `${systemctl} status ${unit}`,
      journal: `${way}sudo journalctl _SYSTEMD_USER_UNIT=${unit} -n 30 --no-pager`,
      start: `${systemctl} start ${unit}`,
      resetFailed: `${systemctl} reset-failed ${unit}`,
    };
  }
  return {
    status: `${way}systemctl status ${unit}`,
    journal: `${way}sudo journalctl -u ${unit} -n 30 --no-pager`,
    start: `${way}sudo systemctl start ${unit}`,
    resetFailed: `${way}sudo systemctl reset-failed ${unit}`,
  };
}
