// From what was seen of a host to a catalogue that is taken as it is: what is proposed, what is only suggested, what is left out, and the difference to
// a catalogue that is there.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { parseDuration } from "@countersign/shared/values/duration";
import { SERVICES_PER_HOST_MAX } from "@countersign/shared/values/limits";
import { additionText, catalogueText } from "../../../../edge-agent/src/core/discovery/catalogue-text.ts";
import { compareCatalogue } from "../../../../edge-agent/src/core/discovery/compare-catalogue.ts";
import type { Observations } from "../../../../edge-agent/src/core/discovery/observations.ts";
import { proposeServices, standIn } from "../../../../edge-agent/src/core/discovery/propose-services.ts";
import { parseInstallable } from "../../../../edge-agent/src/files/load-catalogue.ts";
import { containerOf, observed, portOf, unitOf } from "./observed.ts";

function textOf(seen: Observations): string {
  const found = proposeServices(seen);
  const services = found.services.length === 0 ? [standIn()] : found.services;
  return catalogueText({ ...found, services }, { probePort: null, unseen: seen.unseen });
}

function catalogueOf(seen: Observations): Catalogue {
  const parsed = parseInstallable(textOf(seen), "catalogue.yaml");
  if (!parsed.ok) throw new Error(`${parsed.error.sentence}\n${textOf(seen)}`);
  return parsed.value;
}

const GATEWAY = unitOf("openclaw-gateway.service", {
  owner: "bob",
  path: "/home/bob/.config/systemd/user/openclaw-gateway.service",
  restart: "always",
  restartMs: 5_000,
  startLimitMs: 60_000,
});
const GATEWAY_HOLDER = { kind: "unit", owner: "bob", unit: GATEWAY.unit } as const;

describe("a proposal", () => {
  test("of a unit checks its state and its health, and asks before a restart", () => {
    const seen = observed({
      units: [unitOf("web.service")],
      ports: [portOf(8080, "web.service", { healthPath: "/health" }), portOf(9000, "web.service")],
    });
    expect(catalogueOf(seen).services).toMatchObject([
      {
        name: "web",
        title: "Runs web.service",
        unit: "web.service",
        checks: [
          { name: "unit", kind: "unit" },
          { name: "health-8080", kind: "http", url: "http://127.0.0.1:8080/health" },
          { name: "port-9000", kind: "tcp", port: 9000 },
        ],
        actions: [{ name: "restart", kind: "systemctl", verb: "restart", level: 4 }],
      },
    ]);
  });

  test.each([
    ["simple", 10_000, "30s"],
    ["simple", 90_000, "90s"],
    ["notify", 90_000, "180s"],
    ["simple", null, "30s"],
  ])("of a %s unit that may take %s ms to stop waits for its restart", (type, stopMs, timeout) => {
    const seen = observed({ units: [unitOf("web.service", { type, stopMs })] });
    expect(catalogueOf(seen).services[0]?.actions[0]?.timeout).toBe(parseDuration(timeout));
  });

  test("of a transient unit is none: it is gone when it ends", () => {
    const transient = unitOf("run-r1.service", { path: "/run/systemd/transient/run-r1.service" });
    expect(proposeServices(observed({ units: [transient] }))).toMatchObject({
      services: [],
      passedOver: ["transient, so gone with its end: run-r1.service"],
    });
  });

  test("of a user's gateway names its manager, and says how it restarts by itself", () => {
    const seen = observed({
      units: [unitOf("aaa.service"), GATEWAY],
      ports: [portOf(18_789, "", { holder: GATEWAY_HOLDER, healthPath: "/healthz" })],
    });
    const [first] = catalogueOf(seen).services;
    expect(first).toMatchObject({
      name: "openclaw-gateway",
      manager: "user",
      user: "bob",
      unit: GATEWAY.unit,
    });
    expect(first?.checks).toMatchObject([
      { kind: "unit" },
      { name: "health", url: "http://127.0.0.1:18789/healthz" },
    ]);
    expect(textOf(seen)).toContain("exit 78");
    expect(textOf(seen)).toContain("(Restart=always), and gives up after 5 starts in 60 s.");
  });

  test("of a container acts by its engine, and takes the ports that docker publishes for it", () => {
    const ports = [portOf(8080, "docker.service", { healthPath: "/" })];
    const seen = observed({ containers: [containerOf("shop", { ports: [8080] }), containerOf(null)], ports });
    expect(catalogueOf(seen).services).toMatchObject([
      {
        name: "shop",
        container: { name: "shop", engine: "docker" },
        checks: [{ kind: "unit" }, { url: "http://127.0.0.1:8080/" }],
        actions: [{ kind: "container", verb: "restart", level: 4 }],
      },
    ]);
    expect(textOf(seen)).toContain("container abababababab: docker could not be asked for its name");
  });

  test("of a timer's job has no act: running it again is only suggested", () => {
    const job = unitOf("backup.service", {
      type: "oneshot",
      activeState: "inactive",
      fileState: "static",
      mainPid: 0,
      triggeredBy: ["backup.timer"],
    });
    const seen = observed({ units: [job] });
    expect(catalogueOf(seen).services).toMatchObject([{ name: "backup", actions: [] }]);
    expect(textOf(seen)).toContain("# actions:");
  });

  test("of evidence watches what everybody may look for, and suggests the rest with what opens it", () => {
    const file = { kind: "hermes-auth", user: "bob" };
    const hermes = unitOf("hermes-gateway.service", { owner: "bob" });
    const open = { ...file, path: "/home/bob/.hermes/auth.json", isVisible: true };
    expect(catalogueOf(observed({ units: [hermes], files: [open] })).services[0]?.evidence).toMatchObject({
      credentials: [{ name: "hermes-auth", path: "/home/bob/.hermes/auth.json", refresh: "self" }],
    });
    const seen = observed({ units: [hermes], files: [{ ...open, isVisible: false }] });
    expect(catalogueOf(seen).services[0]?.evidence).toBeUndefined();
    expect(textOf(seen)).toContain("sudo setfacl -m u:countersign-agent:x /home/bob/.hermes");
  });

  test("is the same whatever the order in which things were seen", () => {
    const units = [unitOf("b.service"), unitOf("a.service"), unitOf("b.service", { owner: "bob" }), GATEWAY];
    expect(textOf(observed({ units: units.toReversed() }))).toBe(textOf(observed({ units })));
  });

  test("has at most SERVICES_PER_HOST_MAX services, the most important first; the rest is listed", () => {
    const units = Array.from({ length: SERVICES_PER_HOST_MAX }, (_, index) =>
      unitOf(`w${index + 10}.service`),
    );
    expect(catalogueOf(observed({ units })).services).toHaveLength(SERVICES_PER_HOST_MAX);
    const more = observed({
      units: [...units, unitOf("zz.service", { path: "/usr/lib/systemd/system/zz.service" }), GATEWAY],
    });
    const { services } = catalogueOf(more);
    expect(services).toHaveLength(SERVICES_PER_HOST_MAX);
    expect(services[0]?.name).toBe("openclaw-gateway");
    expect(textOf(more)).toContain(
      `zz.service: no room, a host has ${SERVICES_PER_HOST_MAX} services at most`,
    );
  });

  test("of a host with nothing of its own is a whole catalogue all the same", () => {
    expect(catalogueOf(observed()).services).toHaveLength(1);
  });
});

describe("left out, and listed where it runs", () => {
  const vendor = (unit: string, more = {}) =>
    unitOf(unit, { path: `/usr/lib/systemd/system/${unit}`, ...more });
  test.each([
    ["systemd's own", vendor("systemd-logind.service")],
    ["what every machine has", vendor("cron.service")],
    ["a base unit with a file of one's own", unitOf("ssh.service")],
    ["a login", vendor("getty@tty1.service")],
    ["our own", unitOf("countersign-agent.service")],
    ["a template", unitOf("worker@.service")],
    ["a packaged job", vendor("certbot.service", { type: "oneshot", triggeredBy: ["certbot.timer"] })],
    ["a packaged one without a process", vendor("mything.service", { mainPid: 0 })],
    [
      "one that neither runs nor is enabled",
      unitOf("old.service", { activeState: "inactive", fileState: "disabled" }),
    ],
    ["what has no file", unitOf("run-u1.service", { path: "" })],
    ["a name that a catalogue cannot hold", unitOf(String.raw`a\x2db.service`)],
  ])("%s", (_, unit) => {
    expect(proposeServices(observed({ units: [unit] })).services).toEqual([]);
  });
  test("and not a packaged one with a process, an instance, a failed or a disabled one that runs", () => {
    const units = [
      vendor("nginx.service"),
      unitOf("worker@2.service"),
      unitOf("broken.service", { activeState: "failed", mainPid: 0 }),
      unitOf("loose.service", { fileState: "disabled" }),
    ];
    expect(catalogueOf(observed({ units })).services.map(({ name }) => name)).toEqual([
      "broken",
      "loose",
      "worker-2",
      "nginx",
    ]);
  });
});

describe("two managers of one thing are told", () => {
  test.each([
    [
      "a unit of the machine and of a user",
      observed({ units: [unitOf(GATEWAY.unit), GATEWAY] }),
      "openclaw-gateway.service is a unit of the machine and of user bob",
    ],
    [
      "a known agent in two places",
      observed({
        processes: [
          { name: "openclaw-gatewa", user: "bob", holder: GATEWAY_HOLDER },
          {
            name: "openclaw-gatewa",
            user: "bob",
            holder: { kind: "unit", owner: null, unit: "pm2-bob.service" },
          },
        ],
      }),
      "OpenClaw gateway runs in openclaw-gateway.service of user bob and in pm2-bob.service",
    ],
    [
      "a unit that starts a container",
      observed({
        units: [unitOf("shop.service", { program: "/usr/bin/docker" })],
        containers: [containerOf("shop")],
      }),
      "shop.service starts a container",
    ],
    [
      "pm2 in nobody's unit",
      observed({ processes: [{ name: "PM2 v5.3.0: God", user: "bob", holder: null }] }),
      "Run `pm2 startup`",
    ],
  ])("%s", (_, seen, words) => {
    expect(textOf(seen).replaceAll("\n# ", " ")).toContain(words);
  });
});

describe("beside a catalogue that is there", () => {
  const catalogue = (...services: object[]) => Catalogue.parse({ version: 1, services });
  const checks = [{ name: "unit", kind: "unit" }];

  test("nothing is missing when all that was found is in it, whatever its name", () => {
    const there = catalogue(
      { name: "shop", unit: "web.service", checks },
      { name: "pid", pidFile: "/run/x.pid", checks },
    );
    const { missing, gone } = compareCatalogue(there, observed({ units: [unitOf("web.service")] }));
    expect({ missing, gone }).toEqual({ missing: [], gone: [] });
  });

  test("what it lacks can be put below its services, under names that are free", () => {
    const there = catalogue({ name: "web", unit: "shop.service", checks });
    const seen = observed({ units: [unitOf("shop.service"), unitOf("web.service"), GATEWAY] });
    const { missing } = compareCatalogue(there, seen);
    const text = `version: 1\nservices:\n  - { name: web, unit: shop.service, checks: [{ name: unit, kind: unit }] }\n${additionText(missing)}\n`;
    const merged = parseInstallable(text, "catalogue.yaml");
    expect(merged.ok && merged.value.services.map(({ name }) => name)).toEqual([
      "web",
      "openclaw-gateway",
      "web-2",
    ]);
  });

  test("what is gone is told, with the unit that may be meant; what is there and not worth proposing is not gone", () => {
    const there = catalogue(
      { name: "web", unit: "wbe.service", checks },
      { name: "cron", unit: "cron.service", checks },
    );
    const { gone } = compareCatalogue(
      there,
      observed({ units: [unitOf("web.service"), unitOf("cron.service")] }),
    );
    expect(gone).toEqual(["web: wbe.service was not found, did you mean web.service?"]);
  });

  test("no more are added than there is room for", () => {
    const full = catalogue(
      ...Array.from({ length: SERVICES_PER_HOST_MAX - 1 }, (_, index) => ({
        name: `s${index}`,
        unit: `s${index}.service`,
        checks,
      })),
    );
    const seen = observed({ units: [unitOf("a.service"), unitOf("b.service")] });
    expect(compareCatalogue(full, seen)).toMatchObject({ missing: [{ draft: { name: "a" } }], leftCount: 1 });
  });
});

test("whatever a host shows, the text is a catalogue", () => {
  const word = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.constantFrom(
      "a: b",
      "#",
      "'",
      '"',
      "true",
      "null",
      "1e3",
      "{{",
      "\n  - x",
      "\u{2028}",
      "x\u{1b}[2J",
      "- ",
      "&a",
      "*a",
    ),
  );
  const user = fc.oneof(fc.constantFrom("bob", "root", "alice"), word);
  const unitName = fc
    .oneof(word, fc.stringMatching(/^[A-Za-z0-9_.@-]{1,60}$/))
    .map((name) => `${name}.service`);
  const holder = fc.record({ kind: fc.constant("unit" as const), owner: fc.option(user), unit: unitName });
  const unit = fc.record({
    unit: unitName,
    owner: fc.option(user),
    description: word,
    activeState: fc.constantFrom("active", "failed", "inactive"),
    fileState: fc.constantFrom("enabled", "disabled"),
    path: fc.constantFrom(
      "/etc/systemd/system/x",
      "/usr/lib/systemd/system/x",
      "/home/bob/.config/systemd/user/x",
    ),
    type: fc.constantFrom("simple", "oneshot"),
    restart: fc.oneof(word, fc.constantFrom("no", "always")),
    restartMs: fc.option(fc.nat()),
    startLimitBurst: fc.option(fc.nat()),
    startLimitMs: fc.option(fc.nat()),
    startMs: fc.constantFrom(null, 0, 90_000),
    stopMs: fc.constantFrom(null, 0, 90_000, 4e9),
    mainPid: fc.nat(),
    user,
    program: word,
    triggeredBy: fc.array(word, { maxLength: 2 }),
  });
  const seen = fc.record({
    units: fc.array(unit, { maxLength: 40 }),
    containers: fc.array(
      fc.record({
        name: fc.option(word),
        id: word,
        engine: fc.constantFrom("docker" as const, "podman" as const),
        image: word,
        ports: fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 3 }),
      }),
      { maxLength: 5 },
    ),
    ports: fc.array(
      fc.record({
        port: fc.integer({ min: 1, max: 65_535 }),
        reach: fc.constantFrom("loopback" as const, "all" as const, "other" as const),
        holder: fc.option(holder),
        healthPath: fc.option(fc.constantFrom("/health", "/healthz", "/")),
        counters: fc.array(fc.constantFrom("jobs_total", "mails_total"), { maxLength: 2 }),
      }),
      { maxLength: 10 },
    ),
    processes: fc.array(fc.record({ name: word, user, holder: fc.option(holder) }), { maxLength: 3 }),
    files: fc.array(
      fc.record({
        kind: fc.constantFrom("claude", "hermes-auth", "openclaw"),
        path: word.map((name) => `/home/bob/${name}`),
        user: fc.option(user),
        isVisible: fc.boolean(),
      }),
      { maxLength: 12 },
    ),
    unseen: fc.array(word, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(seen, (observations) => {
      const { services } = catalogueOf(observations);
      expect(services.length).toBeGreaterThan(0);
      expect(textOf(observations)).not.toMatch(/[^\P{Cc}\n]/u);
    }),
    { numRuns: 40 },
  );
});
