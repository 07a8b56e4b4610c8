// The three files that people write: trust, catalogue and policy. Good ones parse with their defaults; every bad one is refused
// with a path that names the line to mend.
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { argvOf, privilegedActOf } from "@countersign/shared/host/action-argv";
import { Catalogue } from "@countersign/shared/host/catalogue";
import {
  ACTIONS_PER_HOST_MAX,
  CHECKS_PER_SERVICE_MAX,
  SERVICES_PER_HOST_MAX,
  TAGS_PER_HOST_MAX,
} from "@countersign/shared/values/limits";
import { HostTrust } from "@countersign/shared/wire/host-trust";
import { LIVENESS_PROFILES, Policy } from "../../control-plane/src/policy/policy.ts";
import { signing } from "./fixtures.ts";

/** Says where and why a file was refused, as `path: message` lines; empty when it was accepted. */
function complaintsOf(schema: z.ZodType, file: unknown): readonly string[] {
  const parsed = schema.safeParse(file);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

const check = { kind: "http", name: "http", url: "http://127.0.0.1:8080/" };
const restart = { kind: "systemctl", name: "restart", level: 4, verb: "restart" };
const web = { name: "web", unit: "web.service", checks: [check], actions: [restart] };
const catalogue = { version: 1, services: [web] };
const inWeb = (change: object) => ({ version: 1, services: [{ ...web, ...change }] });
const execOf = (...argv: string[]) => inWeb({ actions: [{ kind: "exec", name: "run", level: 4, argv }] });
const execAs = (runAs: string, ...argv: string[]) =>
  inWeb({ actions: [{ kind: "exec", name: "run", level: 4, argv, runAs }] });
const inContainer = { kind: "container", name: "restart", verb: "restart", level: 4 };
const container = { name: "n8n", container: { name: "n8n" }, checks: [check], actions: [inContainer] };

describe("catalogue", () => {
  it("takes a user's unit, a container, an act as somebody, and a name with an escape that is only watched", () => {
    const escaped = inWeb({ unit: String.raw`web\x2dfront.service`, actions: [] });
    const users = inWeb({ manager: "user", user: "bob", unit: "openclaw-gateway.service" });
    for (const file of [escaped, users, execAs("bob", "/opt/act"), { version: 1, services: [container] }])
      expect(complaintsOf(Catalogue, file)).toEqual([]);
  });

  it("fills in its defaults", () => {
    expect(Catalogue.parse(catalogue)).toMatchObject({
      probePort: null,
      budget: { restartsMax: 3, window: 3_600_000 },
      services: [
        {
          checks: [{ every: 5_000, timeout: 3_000, severity: "error", status: [200] }],
          actions: [{ timeout: 30_000 }],
        },
      ],
    });
  });

  it("derives the exact argv once, for page, sudoers and execution", () => {
    const [service] = Catalogue.parse(catalogue).services;
    const [action] = service!.actions;
    expect(privilegedActOf(service!, action!)?.argv).toEqual([
      "/usr/bin/systemctl",
      "restart",
      "--no-block",
      "web.service",
    ]);
    expect(argvOf(service!, action!).slice(0, 2)).toEqual(["/usr/bin/sudo", "-n"]);
    const exec = Catalogue.parse(execOf("/usr/bin/true", "x")).services[0]!;
    expect(privilegedActOf(exec, exec.actions[0]!)).toBeNull();
    expect(argvOf(exec, exec.actions[0]!)).toEqual(["/usr/bin/true", "x"]);
  });

  it.each([
    ["an unknown key at the top", { ...catalogue, shell: true }, "shell"],
    ["an unknown key in a service", inWeb({ command: "id" }), "services.0"],
    ["an unknown key in a check", inWeb({ checks: [{ ...check, retries: 3 }] }), "services.0.checks.0"],
    [
      "an unknown key in an action",
      inWeb({ actions: [{ ...restart, force: true }] }),
      "services.0.actions.0",
    ],
    ["a duration without a unit", inWeb({ checks: [{ ...check, every: "5" }] }), "services.0.checks.0.every"],
    ["a duration as a number", inWeb({ checks: [{ ...check, every: 5 }] }), "services.0.checks.0.every"],
    [
      "a sentence for a duration",
      inWeb({ checks: [{ ...check, every: "5 s" }] }),
      "expected a duration such as",
    ],
    ["sudo in an exec argv", execOf("/usr/bin/sudo", "id"), "services.0.actions.0.argv.0"],
    ["a shell in an exec argv", execOf("/bin/sh", "-c", "id"), "services.0.actions.0.argv.0"],
    ["env in an exec argv", execOf("/usr/bin/env", "sh"), "services.0.actions.0.argv.0"],
    ["a relative exec path", execOf("restart-it"), "services.0.actions.0.argv.0"],
    ["an empty argv", inWeb({ actions: [{ kind: "exec", name: "run", level: 4, argv: [] }] }), "argv"],
    ["a wildcard in a unit", inWeb({ unit: "web-*.service" }), "services.0.unit"],
    ["a space in a unit", inWeb({ unit: "web.service sshd.service" }), "services.0.unit"],
    ["an option for a unit", inWeb({ unit: "--force.service" }), "services.0.unit"],
    ["a unit without its type", inWeb({ unit: "web" }), "services.0.unit"],
    ["an escape in a unit", inWeb({ unit: String.raw`web\2d.service` }), "services.0.unit"],
    [
      "an escape in a unit that is acted on",
      inWeb({ unit: String.raw`web\x2d.service` }),
      "services.0.actions.0.kind: sudo and sudo-rs read a backslash differently",
    ],
    [
      "an escape in a user's unit, which is seen through sudo",
      inWeb({ unit: String.raw`web\x2d.service`, manager: "user", user: "bob", actions: [] }),
      "services.0.unit: sudo and sudo-rs",
    ],
    [
      "a blank in an argv as root",
      execAs("root", "/opt/act", "a b"),
      "services.0.actions.0.argv.1: sudo takes",
    ],
    [
      "a wildcard in an argv as bob",
      execAs("bob", "/opt/act", "a*"),
      "services.0.actions.0.argv.1: sudo takes",
    ],
    ["another user than a name", execAs("bob ALL", "/opt/act"), "services.0.actions.0.runAs"],
    [
      "systemctl as an argv of root",
      execAs("root", "/usr/bin/systemctl", "stop", "a.service"),
      "kind: systemctl",
    ],
    ["docker as an argv of root", execAs("root", "/usr/bin/docker", "rm", "web"), "kind: container"],
    [
      "an argv on the agent's own unit",
      execOf("/opt/act", "--unit=countersign-agent.service"),
      "services.0.actions.0.argv: the agent refuses",
    ],
    [
      "a container of the agent's own",
      { version: 1, services: [{ ...container, container: { name: "countersign-agent" } }] },
      "services.0.container.name",
    ],
    ["a container's action without one", inWeb({ actions: [inContainer] }), "services.0.actions.0.kind"],
    ["a container and a unit at once", inWeb({ container: { name: "web" } }), "services.0.container"],
    [
      "an option for a container",
      { version: 1, services: [{ ...container, container: { name: "-f" } }] },
      "name",
    ],
    [
      "a container's restart at level 3",
      { version: 1, services: [{ ...container, actions: [{ ...inContainer, level: 3 }] }] },
      "level",
    ],
    ["a user's unit without its user", inWeb({ manager: "user" }), "services.0.manager"],
    ["a user without a manager", inWeb({ user: "bob" }), "services.0.user"],
    ["the agent's own unit", inWeb({ unit: "countersign-agent.service" }), "services.0.unit"],
    ["unit and pid file at once", inWeb({ pidFile: "/run/web.pid" }), "services.0.pidFile"],
    ["systemctl without a unit", inWeb({ unit: undefined }), "services.0.actions.0.kind"],
    ["an unknown verb", inWeb({ actions: [{ ...restart, verb: "mask" }] }), "services.0.actions.0.verb"],
    ["level 6", inWeb({ actions: [{ ...restart, level: 6 }] }), "services.0.actions.0.level"],
    [
      "a check of a file URL",
      inWeb({ checks: [{ ...check, url: "file:///etc/shadow" }] }),
      "services.0.checks.0.url",
    ],
    ["two checks of one name", inWeb({ checks: [check, check] }), "services.0.checks.1.name"],
    ["two actions of one name", inWeb({ actions: [restart, restart] }), "services.0.actions.1.name"],
    ["two services of one name", { version: 1, services: [web, web] }, "services.1.name"],
    ["no service", { version: 1, services: [] }, "services"],
    ["no check", inWeb({ checks: [] }), "services.0.checks"],
    ["another version", { ...catalogue, version: 2 }, "version"],
    ["an upper-case name", inWeb({ name: "Web" }), "services.0.name"],
    ["an impossible port", { ...catalogue, probePort: 65_536 }, "probePort"],
    ["an empty budget", { ...catalogue, budget: { restartsMax: 0, window: "1h" } }, "budget.restartsMax"],
  ])("refuses %s and says where", (_why, file, where) => {
    expect(complaintsOf(Catalogue, file).join("\n")).toContain(where);
  });

  it("holds its counts at their edges", () => {
    const many = (count: number, item: (index: number) => object) =>
      Array.from({ length: count }, (_, index) => item(index));
    const services = (count: number) => ({
      version: 1,
      services: many(count, (i) => ({ ...web, name: `s${i}` })),
    });
    expect(complaintsOf(Catalogue, services(SERVICES_PER_HOST_MAX))).toEqual([]);
    expect(complaintsOf(Catalogue, services(SERVICES_PER_HOST_MAX + 1))).not.toEqual([]);
    const checks = (count: number) => inWeb({ checks: many(count, (i) => ({ ...check, name: `c${i}` })) });
    expect(complaintsOf(Catalogue, checks(CHECKS_PER_SERVICE_MAX))).toEqual([]);
    expect(complaintsOf(Catalogue, checks(CHECKS_PER_SERVICE_MAX + 1))).not.toEqual([]);
    const tags = (count: number) => ({
      ...catalogue,
      tags: Array.from({ length: count }, (_, i) => `t${i}`),
    });
    expect(complaintsOf(Catalogue, tags(TAGS_PER_HOST_MAX))).toEqual([]);
    expect(complaintsOf(Catalogue, tags(TAGS_PER_HOST_MAX + 1))).not.toEqual([]);
    const actions = (perService: readonly number[]) => ({
      version: 1,
      services: perService.map((count, s) => ({
        ...web,
        name: `s${s}`,
        actions: many(count, (i) => ({ ...restart, name: `a${i}` })),
      })),
    });
    expect(ACTIONS_PER_HOST_MAX).toBe(4 * 16);
    expect(complaintsOf(Catalogue, actions([16, 16, 16, 16]))).toEqual([]);
    expect(complaintsOf(Catalogue, actions([16, 16, 16, 16, 1]))).toEqual([
      "services: at most 64 actions per host",
    ]);
  });
});

describe("trust file", () => {
  const { accepted, refused } = signing.hostTrust;

  it.each(accepted)("accepts $why", ({ file }) => {
    expect(HostTrust.parse(file)).toEqual(file);
  });

  it.each(refused)("refuses $why and says where", ({ file, where }) => {
    expect(complaintsOf(HostTrust, file).join("\n")).toContain(where);
  });
});

describe("policy", () => {
  it("is complete when nothing but its version is written", () => {
    expect(Policy.parse({ version: 1 })).toMatchObject({
      liveness: { ...LIVENESS_PROFILES.default, reconnectGraceMs: 20_000 },
      verify: { stabilityMs: 600_000 },
      responders: [{ id: "operator", channels: ["terminal"] }],
      escalation: { steps: [{ notify: ["operator"], afterMs: 0 }], repeatMs: 900_000 },
    });
  });

  it.each(["economy", "default", "fast"] as const)("profile %s keeps P < T < page bound", (profile) => {
    const { keepaliveMs, lateAfterMs, pageBoundMs } = Policy.parse({
      version: 1,
      liveness: { profile },
    }).liveness;
    expect(keepaliveMs * 2).toBeLessThan(lateAfterMs);
    expect(lateAfterMs).toBeLessThan(pageBoundMs);
  });

  const responder = { id: "alice", name: "Alice", channels: ["terminal"] };
  it.each([
    ["an unknown key", { autoApprove: true }, "autoApprove"],
    ["an unknown key deep inside", { approval: { skip: true } }, "approval"],
    ["a bad duration", { verify: { stability: "ten minutes" } }, "verify.stability"],
    ["an unknown profile", { liveness: { profile: "lazy" } }, "liveness.profile"],
    [
      "an unknown responder",
      { escalation: { steps: [{ notify: ["bob"], after: "0s" }] } },
      'there is no responder "bob"',
    ],
    [
      "an unknown channel",
      { responders: [{ ...responder, channels: ["sms"] }] },
      'there is no channel "sms"',
    ],
    [
      "a responder without channels",
      { responders: [{ ...responder, channels: [] }] },
      "responders.0.channels",
    ],
    ["nobody to page", { responders: [] }, "responders"],
    ["two responders of one id", { responders: [responder, responder] }, "responders.1.id"],
    [
      "a step for nobody",
      { escalation: { steps: [{ notify: [], after: "0s" }] } },
      "escalation.steps.0.notify",
    ],
    [
      "a secret in the file itself",
      { channels: { hook: { kind: "webhook", url: "https://example.org", secret: "whsec_abc" } } },
      "channels.hook.secret",
    ],
    [
      "a webhook without its secret",
      { channels: { hook: { kind: "webhook", url: "https://example.org" } } },
      "channels.hook.secret",
    ],
    ["a channel of an unknown kind", { channels: { sms: { kind: "sms" } } }, "channels.sms.kind"],
    ["zero restarts", { restartBudget: { restartsMax: 0 } }, "restartBudget.restartsMax"],
    ["another version", { version: 2 }, "version"],
  ])("refuses %s and says where", (_why, change, where) => {
    expect(complaintsOf(Policy, { version: 1, ...change }).join("\n")).toContain(where);
  });
});
