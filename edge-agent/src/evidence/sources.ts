// Which sources of evidence a catalogue declares, each with its period. Not pure: the readers remember what they saw.
import { argvOf, SUDO_PATH } from "@countersign/shared/host/action-argv";
import type { Catalogue, ServiceSpec } from "@countersign/shared/host/catalogue";
import { expectedHeartbeats } from "@countersign/shared/host/heartbeat-spec";
import type { Fact } from "@countersign/shared/wire/fact";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { EVERY_MS_MIN } from "../checks/repeat.ts";
import { NOTHING_READ } from "../core/evidence/evidence-book.ts";
import type { LedgerPosition } from "../core/evidence/ledger.ts";
import { createCounterReader } from "./read-counter.ts";
import { readCredential } from "./read-credential.ts";
import { readFallback } from "./read-fallback.ts";
import { createLedgerReader } from "./read-ledger.ts";
import { createMemoryReader } from "./read-memory.ts";
import { createCodeReader, createConfigReader } from "./read-watched-files.ts";
import { joinReadings, type Source } from "./source.ts";

/** Period of each kind where the catalogue names none. A counter costs the control plane a row each time. */
const EVERY_MS = {
  ledger: 5_000,
  counters: 5 * 60_000,
  credentials: 60_000,
  code: 60_000,
  config: 15_000,
  fallbacks: 15_000,
  memory: 10_000,
  /** told when it changes, which takes a new start of the agent */
  heartbeats: 60 * 60_000,
} as const;

export interface SourceScene {
  /** newest state of a service's unit, or of the process its pid file names */
  readonly unitNow: (service: string) => UnitState | null;
  /** where reading of a ledger goes on; null: it was never read */
  readonly positionOf: (path: string) => LedgerPosition | null;
  /** when the host was booted, where that was after those positions were kept. absent: it was not */
  readonly bootedAt?: number;
}

/** What can be declared of a service, and `unit`, of which the unit itself decides what can be told. */
const KINDS = ["ledger", "counters", "credentials", "code", "config", "fallbacks", "unit"] as const;

/** The kinds of evidence that a catalogue does not declare, of each of its services. */
export function undeclaredIn(
  catalogue: Catalogue,
): readonly { readonly service: string; readonly kinds: readonly string[] }[] {
  return catalogue.services.map(({ name: service, evidence }) => {
    const isDeclared = (kind: (typeof KINDS)[number]) => {
      if (kind === "unit" || evidence === undefined) return false;
      const declared = evidence[kind];
      return declared !== undefined && declared.length > 0;
    };
    return { service, kinds: KINDS.filter((kind) => !isDeclared(kind)) };
  });
}

/** All sources of a host. */
export function sourcesOf(catalogue: Catalogue, scene: SourceScene): readonly Source[] {
  return [
    ...catalogue.services.flatMap((service) => sourcesOfService(service, scene)),
    ...memorySource(catalogue, scene),
    heartbeatSource(catalogue),
  ];
}

/**
 * What the catalogue expects of each service; none too, so that what it expects no longer is over. No file is read, so
 * nothing can fail.
 */
function heartbeatSource({ services }: Catalogue): Source {
  const states = services.map(({ evidence, name: service }): Fact => {
    const heartbeats = expectedHeartbeats(evidence?.heartbeats ?? []);
    return { kind: "heartbeats-expected", service, at: Date.now(), heartbeats };
  });
  const read = () => Promise.resolve({ ...NOTHING_READ, states });
  return { source: "heartbeats", service: null, everyMs: EVERY_MS.heartbeats, read };
}

function sourcesOfService(spec: ServiceSpec, scene: SourceScene): readonly Source[] {
  const { evidence, name: service } = spec;
  if (evidence === undefined) return [];
  const { ledger, counters, credentials, code, config, fallbacks, every } = evidence;
  const sourceOf = (kind: keyof typeof EVERY_MS, isDeclared: boolean, read: Source["read"]): Source[] => {
    const everyMs = Math.max(EVERY_MS_MIN, every ?? EVERY_MS[kind]);
    return isDeclared ? [{ source: `${service}/${kind}`, service, everyMs, read }] : [];
  };
  const all = (readings: readonly ReturnType<Source["read"]>[]) => Promise.all(readings).then(joinReadings);
  const ledgerReader = (path: string) =>
    createLedgerReader({
      path,
      position: scene.positionOf(path),
      ...(scene.bootedAt === undefined ? {} : { bootedAt: scene.bootedAt }),
      scene: {
        service,
        credentials: credentials.map(({ name }) => name),
        credential: evidence.sessions?.credential,
        commands: commandsOf(spec),
      },
    });
  const counterReaders = counters.map((counter) => createCounterReader(counter, service));
  const about = { service, isUnit: spec.unit !== undefined, unitNow: () => scene.unitNow(service) };
  return [
    ...(ledger === undefined ? [] : sourceOf("ledger", true, ledgerReader(ledger))),
    ...sourceOf("counters", counters.length > 0, () => all(counterReaders.map((read) => read()))),
    ...sourceOf("credentials", credentials.length > 0, () =>
      all(credentials.map((credential) => readCredential(credential, service))),
    ),
    ...sourceOf("code", code.length > 0, createCodeReader(code, about)),
    ...sourceOf("config", config.length > 0, createConfigReader(config, service)),
    ...sourceOf("fallbacks", fallbacks.length > 0, () =>
      all(fallbacks.map((fallback) => readFallback(fallback, service))),
    ),
  ];
}

/** The commands of a service's actions, as a person would type them. */
function commandsOf(service: ServiceSpec): readonly string[] {
  return service.actions.map((action) => commandOf(argvOf(service, action)));
}

/** An argument vector as a person would type it: sudo may ask them for a password. */
export function commandOf(argv: readonly string[]): string {
  const [program, flag, ...rest] = argv;
  return program === SUDO_PATH && flag === "-n" ? ["sudo", ...rest].join(" ") : argv.join(" ");
}

/** Units are watched for memory without being asked for it: there is nothing to name. */
function memorySource(catalogue: Catalogue, scene: SourceScene): readonly Source[] {
  const units = catalogue.services.flatMap(({ name: service, unit }) =>
    unit === undefined ? [] : [{ service, unit, unitNow: () => scene.unitNow(service) }],
  );
  if (units.length === 0) return [];
  return [{ source: "memory", service: null, everyMs: EVERY_MS.memory, read: createMemoryReader(units) }];
}
