// The host's own closed list: its services, how each is checked, and the only actions that can ever run on it.
// Root owns the file (/etc/countersign/catalogue.yaml). What an action runs exactly stands in action-argv.ts.
import * as z from "zod";
import { Duration, TimerDuration } from "../values/duration.ts";
import { ItemName } from "../values/ids.ts";
import {
  ACTIONS_PER_HOST_MAX,
  CHECKS_PER_SERVICE_MAX,
  SERVICES_PER_HOST_MAX,
  TAGS_PER_HOST_MAX,
} from "../values/limits.ts";
import { Level, PERSON_LEVEL_MIN } from "../wire/level-rule.ts";
import { Argv, UserName } from "../wire/proposal.ts";
import { Severity } from "../wire/service-report.ts";
import { AbsolutePath, EvidenceSpec, pathsOfEvidence } from "./evidence-spec.ts";
import { heartbeatProblems } from "./heartbeat-spec.ts";
import { namesOwnUnit, OWN_UNIT_PATTERN, sudoWordProblem } from "./sudo-word.ts";

/**
 * What systemd takes as a unit's name, with its escapes (`\x2d`); no leading dash, and no character that a shell or a pattern reads as more
 * than itself.
 */
export const UnitName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.:@-]|\\x[0-9a-f]{2})*\.(?:service|socket|timer|path|target)$/, {
    error: "expected a full unit name such as web.service, without * or spaces",
  });

/** A check's timeout where the catalogue names none. */
export const CHECK_TIMEOUT_MS = 3_000;

const checkBase = {
  name: ItemName,
  every: TimerDuration.default(5_000),
  timeout: TimerDuration.default(CHECK_TIMEOUT_MS),
  severity: Severity.default("error"),
};
export const CheckSpec = z.discriminatedUnion("kind", [
  /** passes while the service's unit (or pid file) is active */
  z.strictObject({ kind: z.literal("unit"), ...checkBase }),
  z.strictObject({
    kind: z.literal("http"),
    ...checkBase,
    url: z.url({ protocol: /^https?$/ }),
    /** accepted status codes */
    status: z.array(z.int().min(100).max(599)).min(1).default([200]),
  }),
  z.strictObject({
    kind: z.literal("tcp"),
    ...checkBase,
    host: z.string().min(1).default("127.0.0.1"),
    port: z.int().min(1).max(65_535),
  }),
  /**
   * a Nagios plugin: with a status line exit code 0 passes, 1 is a warning, all else fails; without one it fails
   * (docs/evidence.md)
   */
  z.strictObject({ kind: z.literal("plugin"), ...checkBase, argv: Argv }),
]);
export type CheckSpec = z.infer<typeof CheckSpec>;

/** When an action without a timeout of its own counts as timed out. */
export const ACTION_TIMEOUT_MS = 30_000;

const actionBase = {
  name: ItemName,
  level: Level,
  /** how long until an execution that has not reached its goal counts as timed out */
  timeout: TimerDuration.default(ACTION_TIMEOUT_MS),
  /** name of the action that takes this one back */
  undo: ItemName.optional(),
};
export const ActionSpec = z.discriminatedUnion("kind", [
  /** `sudo -n systemctl VERB --no-block UNIT`, by one exact sudoers line */
  z.strictObject({
    kind: z.literal("systemctl"),
    ...actionBase,
    verb: z.enum(["restart", "start", "stop", "reload", "reset-failed"]),
  }),
  /** `sudo -n docker VERB NAME`, by one exact sudoers line */
  z.strictObject({ kind: z.literal("container"), ...actionBase, verb: z.enum(["restart", "start", "stop"]) }),
  /**
   * an exact argv: as root or as a named user by one exact sudoers line, or else (`runAs` absent) as the actuator's own user,
   * without sudo
   */
  z.strictObject({ kind: z.literal("exec"), ...actionBase, argv: Argv, runAs: UserName.optional() }),
]);
export type ActionSpec = z.infer<typeof ActionSpec>;

/** A container as its engine names it; no character that sudoers would read as more than itself. */
export const ContainerSpec = z.strictObject({
  name: z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, { error: "expected a container's name, such as gateway" }),
  engine: z.enum(["docker", "podman"]).default("docker"),
});
export type ContainerSpec = z.infer<typeof ContainerSpec>;

/** What ends a run of a unit, as far as a verb says it. What an exact argv does, root alone knows. */
const STOPPING: ReadonlySet<string> = new Set(["restart", "stop"]);

export const ServiceSpec = z
  .strictObject({
    name: ItemName,
    title: z.string().min(1).max(80).optional(),
    /** its systemd unit; or else a pid file, or a container: */
    unit: UnitName.optional(),
    /** whose unit it is: the machine's, or that of a user's own systemd (`systemctl --user`); absent: the machine's */
    manager: z.enum(["system", "user"]).optional(),
    /** that user; only with `manager: user` */
    user: UserName.optional(),
    /** file with the pid of its main process */
    pidFile: AbsolutePath.optional(),
    /** seen by its cgroup and, exactly, by one root line of its engine */
    container: ContainerSpec.optional(),
    /** false: the last lines of its log are shown to nobody; absent: they are, where it has a unit */
    lastWords: z.boolean().optional(),
    checks: z.array(CheckSpec).min(1).max(CHECKS_PER_SERVICE_MAX),
    actions: z.array(ActionSpec).max(16).default([]),
    /** true: who says yes to any of its actions types its name first, and nothing of it runs by a yes in advance */
    protected: z.boolean().optional(),
    /** what else is watched of it; absent: nothing but pressure and OOM kills of its unit */
    evidence: EvidenceSpec.optional(),
  })
  .superRefine((service, context) => {
    refineSource(service, context);
    if (service.unit !== undefined && OWN_UNIT_PATTERN.test(service.unit))
      context.addIssue({
        code: "custom",
        path: ["unit"],
        message: "the agent refuses every action on its own units",
      });
    service.actions.forEach((action, index) => {
      // At a lower level the desk's key alone would do, and nothing is restarted by that.
      if (action.kind !== "exec" && STOPPING.has(action.verb) && action.level < PERSON_LEVEL_MIN)
        context.addIssue({
          code: "custom",
          path: ["actions", index, "level"],
          message: `${action.verb} is level ${PERSON_LEVEL_MIN} or above: a person must sign it`,
        });
      if (action.kind === "exec") refineProgram(action.argv, ["actions", index, "argv", 0], context);
      refinePrivileged(service, index, context);
    });
    service.checks.forEach((check, index) => {
      if (check.kind === "plugin") refineProgram(check.argv, ["checks", index, "argv", 0], context);
    });
    refineEvidence(service, context);
    refineUnique(service.checks, "checks", context);
    refineUnique(service.actions, "actions", context);
  });
export type ServiceSpec = z.infer<typeof ServiceSpec>;

export const Catalogue = z
  .strictObject({
    version: z.literal(1),
    /** TCP port that answers from outside while the host lives; the control plane's second opinion. null: none */
    probePort: z.int().min(1).max(65_535).nullable().default(null),
    /** words by which a policy's overrides match this host */
    tags: z.array(ItemName).max(TAGS_PER_HOST_MAX).default([]),
    services: z.array(ServiceSpec).min(1).max(SERVICES_PER_HOST_MAX),
    budget: z
      .strictObject({ restartsMax: z.int().min(1).max(100), window: Duration })
      .default({ restartsMax: 3, window: 3_600_000 }),
  })
  .superRefine((catalogue, context) => {
    refineUnique(catalogue.services, "services", context);
    const actionCount = catalogue.services.reduce((sum, { actions }) => sum + actions.length, 0);
    if (actionCount > ACTIONS_PER_HOST_MAX)
      context.addIssue({
        code: "custom",
        path: ["services"],
        message: `at most ${ACTIONS_PER_HOST_MAX} actions per host`,
      });
  });
export type Catalogue = z.infer<typeof Catalogue>;

function refineProgram(
  [program = ""]: readonly string[],
  path: (string | number)[],
  context: z.core.$RefinementCtx,
): void {
  if (!program.startsWith("/"))
    context.addIssue({ code: "custom", path, message: "expected an absolute path" });
  if (/\/(?:sudo|su|doas|pkexec|sh|bash|dash|zsh|env)$/.test(program))
    context.addIssue({
      code: "custom",
      path,
      message: "no shell and no privilege tool: name the program itself",
    });
}

/** Programs of which root runs only what their own kind of action says. */
const KIND_OF_PROGRAM: ReadonlyMap<string, ActionSpec["kind"]> = new Map([
  ["systemctl", "systemctl"],
  ["docker", "container"],
  ["podman", "container"],
]);

/** What sudo is to allow can be said exactly, and touches nothing of ours. */
function refinePrivileged(
  { actions, unit = "" }: { readonly actions: readonly ActionSpec[]; readonly unit?: string | undefined },
  index: number,
  context: z.core.$RefinementCtx,
): void {
  const action = actions[index];
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path: ["actions", index, ...path], message });
  if (action?.kind === "systemctl") {
    const problem = unit === "" ? null : sudoWordProblem(unit);
    if (problem !== null) complain(["kind"], problem);
  }
  if (action?.kind !== "exec") return;
  if (namesOwnUnit(action.argv)) complain(["argv"], "the agent refuses every action on its own units");
  if (action.runAs === undefined) return;
  action.argv.forEach((word, at) => {
    const problem = sudoWordProblem(word);
    if (problem !== null) complain(["argv", at], problem);
  });
  const kind = KIND_OF_PROGRAM.get(action.argv[0]?.split("/").at(-1) ?? "");
  if (action.runAs === "root" && kind !== undefined)
    complain(["kind"], `write \`kind: ${kind}\`: an exact argv of this program is checked by nobody`);
}

/** What a service is seen by: one of unit, pid file and container, and each action fits it. */
function refineSource(
  service: {
    readonly unit?: string | undefined;
    readonly manager?: "system" | "user" | undefined;
    readonly user?: string | undefined;
    readonly pidFile?: string | undefined;
    readonly container?: ContainerSpec | undefined;
    readonly actions: readonly ActionSpec[];
  },
  context: z.core.$RefinementCtx,
): void {
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const named = (["unit", "pidFile", "container"] as const).filter((key) => service[key] !== undefined);
  if (named.length > 1) complain([named[1] ?? ""], `name either ${named.join(" or ")}, not both`);
  const isUsers = service.manager === "user";
  if (isUsers && service.unit === undefined)
    complain(["manager"], "manager: user needs the service to name its unit");
  if (isUsers && service.user === undefined)
    complain(["manager"], "manager: user needs `user`, whose unit it is");
  if (!isUsers && service.user !== undefined) complain(["user"], "user goes with manager: user alone");
  // It is seen by a line of sudoers as well.
  const problem = isUsers && service.unit !== undefined ? sudoWordProblem(service.unit) : null;
  if (problem !== null && service.actions.every(({ kind }) => kind !== "systemctl"))
    complain(["unit"], problem);
  if (service.container !== undefined && OWN_UNIT_PATTERN.test(service.container.name))
    complain(["container", "name"], "the agent refuses every action on its own units");
  service.actions.forEach(({ kind }, index) => {
    if (kind === "systemctl" && service.unit === undefined)
      complain(["actions", index, "kind"], "systemctl needs the service to name its unit");
    if (kind === "container" && service.container === undefined)
      complain(["actions", index, "kind"], "container needs the service to name its container");
  });
}

/** The name of the result that says whether a service's evidence could be read. */
export const EVIDENCE_CHECK = "evidence";

function refineEvidence(
  {
    evidence,
    checks,
    unit,
    pidFile,
  }: {
    readonly evidence?: EvidenceSpec | undefined;
    readonly checks: readonly CheckSpec[];
    readonly unit?: string | undefined;
    readonly pidFile?: string | undefined;
  },
  context: z.core.$RefinementCtx,
): void {
  if (evidence === undefined) return;
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  // Whether the evidence could be read is told as one more result.
  if (checks.length >= CHECKS_PER_SERVICE_MAX)
    complain(["checks"], `at most ${CHECKS_PER_SERVICE_MAX - 1} checks beside evidence`);
  const reserved = checks.findIndex(({ name }) => name === EVIDENCE_CHECK);
  if (reserved !== -1) complain(["checks", reserved, "name"], `"${EVIDENCE_CHECK}" is taken by evidence`);
  if (evidence.code.length > 0 && unit === undefined && pidFile === undefined)
    complain(["evidence", "code"], "code needs the service to name its unit or pidFile");
  if (
    evidence.sessions !== undefined &&
    (evidence.ledger === undefined || unit?.endsWith(".service") !== true)
  )
    complain(
      ["evidence", "sessions"],
      "sessions needs the evidence to name its ledger, and the service a .service unit",
    );
  const used = evidence.sessions?.credential;
  if (used !== undefined && !evidence.credentials.some(({ name }) => name === used))
    complain(["evidence", "sessions", "credential"], `there is no credential "${used}" in this evidence`);
  for (const list of ["counters", "credentials", "fallbacks"] as const)
    refineUnique(evidence[list], `evidence.${list}`, context);
  for (const { path, message } of heartbeatProblems(evidence)) complain(["evidence", ...path], message);
}

function refineUnique(
  items: readonly { readonly name: string }[],
  list: string,
  context: z.core.$RefinementCtx,
): void {
  items.forEach((item, index) => {
    if (items.findIndex(({ name }) => name === item.name) !== index)
      context.addIssue({
        code: "custom",
        path: [...list.split("."), index, "name"],
        message: `"${item.name}" is there twice`,
      });
  });
}

/** Every path that the evidence of a catalogue names. */
export function watchedPathsOf({ services }: Catalogue): readonly string[] {
  return services.flatMap(({ evidence }) => (evidence === undefined ? [] : pathsOfEvidence(evidence)));
}
