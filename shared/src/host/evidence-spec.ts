// What a host is to watch of a service beyond its unit and checks: the `evidence` section of a service in the catalogue
// (docs/evidence.md). Root owns the file, so nothing is read that root has not named. Paths are read with the agent's own rights.
import * as z from "zod";
import { Duration } from "../values/duration.ts";
import { ItemName } from "../values/ids.ts";
import { EVIDENCE_ITEMS_MAX } from "../values/limits.ts";
import { FailureClass } from "../wire/failure-class.ts";
import { parseFieldPath } from "./field-path.ts";
import { heartbeatSpecWith } from "./heartbeat-spec.ts";
import { readMatcher } from "./series-text.ts";

/** Exit codes of one program that are told apart. */
const EXIT_CLASSES_MAX = 32;

/** A path without a line feed or a zero byte, short enough to be told. */
export const AbsolutePath = z
  .string()
  .max(300)
  .regex(/^\/[^\0\n]*$/, { error: "expected an absolute path" });

const LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"];
const LoopbackUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => LOOPBACK_HOSTS.includes(new URL(url).hostname), {
    error: "expected an address on this host, such as http://127.0.0.1:9100/metrics",
  });

/** What is not understood is refused: passed over, it would select every series, and hide the one that stands still. */
const Metric = z
  .string()
  .max(300)
  .superRefine((text, context) => {
    const read = readMatcher(text);
    if (read.ok) return;
    const { at, text: why } = read.error;
    context.addIssue({
      code: "custom",
      message: `expected a metric such as jobs_total or jobs_total{queue="mail"}: at character ${at + 1}, ${why}`,
    });
  });

/** A cumulative count of useful work, in Prometheus' text format, in a file or on a loopback address. */
export const CounterSpec = z
  .strictObject({
    name: ItemName,
    file: AbsolutePath.optional(),
    url: LoopbackUrl.optional(),
    /** `jobs_total`, or with labels that must match `jobs_total{queue="mail"}`; all series that match are summed up */
    metric: Metric,
  })
  .refine(({ file, url }) => (file === undefined) !== (url === undefined), {
    error: "name either file or url",
  });
export type CounterSpec = z.infer<typeof CounterSpec>;

const FieldPathText = z.string().superRefine((text, context) => {
  const path = parseFieldPath(text);
  if (!path.ok) context.addIssue({ code: "custom", message: path.error.message });
});

const ExpirySpec = z.union(
  [
    /** the earliest end of validity of all X.509 certificates in the file (PEM, also a chain; or one in DER) */
    z.literal("certificate"),
    /** the `exp` of the JWT that the file is */
    z.literal("jwt"),
    /** the field of the file's JSON that holds the instant: an ISO instant with its offset, or seconds or ms since 1970 */
    z.strictObject({ json: FieldPathText }),
    /** the `exp` of the JWT in that field of the file's JSON */
    z.strictObject({ jwt: FieldPathText }),
  ],
  { error: "expected certificate, jwt, { json: FIELD } or { jwt: FIELD }" },
);
export type ExpirySpec = z.infer<typeof ExpirySpec>;

/** A credential's file. Its content never leaves the host; of it only an expiry is read, and only where it is declared. */
export const CredentialSpec = z.strictObject({
  name: ItemName,
  path: AbsolutePath,
  expiry: ExpirySpec.optional(),
  /**
   * `self`: it is renewed by whoever uses it, so that its expiry is no news; `never`: it is not, whatever the file looks
   * like. absent: it is where a refresh token stands beside the expiry
   */
  refresh: z.enum(["self", "never"]).optional(),
});
export type CredentialSpec = z.infer<typeof CredentialSpec>;

const Paths = z.array(AbsolutePath).max(EVIDENCE_ITEMS_MAX).default([]);

/** Its unit's starts and ends are written to the ledger by a drop-in; what the exit codes of its program mean. */
export const SessionsSpec = z.strictObject({
  classes: z
    .array(z.strictObject({ exit: z.int().min(1).max(255), class: FailureClass }))
    .max(EXIT_CLASSES_MAX)
    .default([]),
  /** the declared credential that its sessions use; absent: the only one that is declared */
  credential: ItemName.optional(),
});

/** The section itself; whatever is absent is not watched. */
export const EvidenceSpec = z.strictObject({
  /** period of every reading of this service; absent: each kind has its own */
  every: Duration.optional(),
  /** file to which the service, or what runs it, appends one JSON line for each thing that happened */
  ledger: AbsolutePath.optional(),
  /**
   * its unit's sessions are written there by the drop-in of `install --session-dropins`; absent: the service, or what starts
   * it, does that
   */
  sessions: SessionsSpec.optional(),
  counters: z.array(CounterSpec).max(EVIDENCE_ITEMS_MAX).default([]),
  credentials: z.array(CredentialSpec).max(EVIDENCE_ITEMS_MAX).default([]),
  /** files (or folders) that the running process was made from */
  code: Paths,
  /** configuration files whose changes are counted */
  config: Paths,
  /** while its marker file exists, the service runs on this fallback */
  fallbacks: z
    .array(z.strictObject({ name: ItemName, marker: AbsolutePath }))
    .max(EVIDENCE_ITEMS_MAX)
    .default([]),
  /** lines of the ledger that must keep coming */
  heartbeats: z.array(heartbeatSpecWith(Duration)).max(EVIDENCE_ITEMS_MAX).default([]),
});
export type EvidenceSpec = z.infer<typeof EvidenceSpec>;

/** Every path that a section names. */
export function pathsOfEvidence(evidence: EvidenceSpec): readonly string[] {
  const { ledger, counters, credentials, code, config, fallbacks } = evidence;
  return [
    ...(ledger === undefined ? [] : [ledger]),
    ...counters.flatMap(({ file }) => file ?? []),
    ...credentials.map(({ path }) => path),
    ...code,
    ...config,
    ...fallbacks.map(({ marker }) => marker),
  ];
}
