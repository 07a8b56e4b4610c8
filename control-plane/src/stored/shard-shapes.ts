// The shapes of what a shard stores, one for each kind of record. Pure. What single rules remember (`slices`) has no shape here: a slice
// that cannot be judged is found when a decision is tried, and costs its host its state (core/shard/kept/bare-host.ts).
import * as z from "zod";
import { RelyingParty } from "@countersign/shared/wire/assertion";
import { ExaminedFinding } from "@countersign/shared/wire/examined";
import { FailureClass } from "@countersign/shared/wire/failure-class";
import { TrustMark } from "@countersign/shared/wire/fleet-trust";
import { ExitStatus, WordsOccasion } from "@countersign/shared/wire/last-words";
import {
  CheckResult,
  type ServiceReport,
  Severity,
  UnitState,
} from "@countersign/shared/wire/service-report";
import type { FactBook, FiringMark } from "../core/facts/fact-book.ts";
import type {
  BoundTo,
  CatalogueEntry,
  CheckPast,
  Connection,
  Examination,
  FleetSilence,
  Flooding,
  HostState,
  Ladder,
  OutcomeMark,
  PastOfCheck,
  PendingGrant,
  RefusedBoot,
  ServiceState,
  Signing,
  Tally,
  Unheard,
  UnitStart,
} from "../core/shard/host/shard-state.ts";
import type { AttachedHost, StoredHost, StoredShard, Unsaved } from "../core/shard/kept/shard-stored.ts";
import type { ToldWords, WordsOfService } from "../core/shard/kept/told-words.ts";
import type { ToldTrust } from "../core/words/shard-word.ts";
import { PersonAskingShape } from "./asked-shape.ts";
import {
  Count,
  Flag,
  Instant,
  namedShapeOf,
  PageReasonShape,
  readStored,
  shapeOf,
  Text,
} from "./read-stored.ts";
import { SubjectShape } from "./subject-shape.ts";

const MarkShape = shapeOf<FiringMark>({
  reason: PageReasonShape,
  about: z.looseObject({ kind: z.enum(["provider", "identity"]), name: Text }).optional(),
  severity: Severity,
  title: Text,
  count: Count.optional(),
  isRestartPointless: Flag,
  freezes: Flag,
  failureClass: Text.nullable(),
  affects: z.array(SubjectShape).nullable(),
  isShadow: Flag.optional(),
  signalledAt: Instant,
  signalledDigest: Text,
  hasMore: Flag.optional(),
});

const BookShape = shapeOf<FactBook>({
  slices: namedShapeOf(z.unknown()),
  firing: namedShapeOf(MarkShape),
  dueAt: namedShapeOf(Instant),
  frozenBy: PageReasonShape.nullable(),
});

const LadderShape = shapeOf<Ladder>({
  tried: z.array(Text),
  undo: Text.nullable(),
  ranAt: z.array(Instant),
  askAt: Instant.nullable(),
  isHeldBack: Flag.optional(),
  askedFor: PageReasonShape.optional(),
  wellFromAt: Instant.nullable().optional(),
  askedAt: z.array(Instant).optional(),
  isRenewal: z.literal(true).optional(),
  calmFromAt: Instant.nullable().optional(),
  renewedAt: z.array(Instant).optional(),
  refused: z.object({ code: z.string(), at: Instant }).optional(),
});

// Names as they were taken in: what the wire allows of them may be narrower by now.
const ReportShape = shapeOf<ServiceReport>({
  service: Text,
  unit: UnitState.loose().nullable(),
  results: z.array(CheckResult.extend({ check: Text }).loose()),
});

const BoundShape = shapeOf<BoundTo>({
  bootId: Text,
  unit: shapeOf<BoundTo["unit"]>({
    activeState: UnitState.shape.activeState,
    result: Text,
    invocationId: Text,
    isStarting: Flag,
    loadState: UnitState.shape.loadState,
  }),
});

const TallyShape = shapeOf<Tally>({
  sinceAt: Instant,
  failed: Count,
  of: Count,
  recent: z.array(Flag),
  isLate: z.literal(true).optional(),
  class: FailureClass.optional(),
});

const ServiceShape = shapeOf<ServiceState>({
  service: Text,
  report: ReportShape,
  reportedAt: Instant,
  failing: namedShapeOf(z.looseObject({ count: Count, sinceAt: Instant })),
  healthySinceAt: Instant.nullable(),
  passingSinceAt: Instant.optional(),
  tallies: namedShapeOf(TallyShape).optional(),
  relapse: z.enum(["possible", "back"]).optional(),
  restartsAt: z.array(Instant),
  lastInvocationId: Text,
  lastRestartCount: Count,
  isBetweenRuns: z.literal(true).optional(),
  start: shapeOf<UnitStart>({
    sinceAt: Instant,
    untilAt: Instant,
    failing: namedShapeOf(z.looseObject({ count: Count, sinceAt: Instant })).optional(),
    isAfterFailure: z.literal(true).optional(),
  }).optional(),
  proposal: shapeOf<NonNullable<ServiceState["proposal"]>>({
    requestId: Text,
    requestedAt: Instant,
    boundTo: BoundShape.nullable(),
    action: Text,
    unattended: Flag,
    askedBy: PersonAskingShape.optional(),
    why: Text.optional(),
  }).nullable(),
  verification: shapeOf<NonNullable<ServiceState["verification"]>>({
    grantId: Text,
    startedAt: Instant,
    settledAt: Instant.nullable(),
    untilAt: Instant,
    action: Text.nullable(),
    reason: PageReasonShape,
  }).nullable(),
  ladder: LadderShape.optional(),
  book: BookShape,
});

const UnheardShape = shapeOf<Unheard>({
  sinceAt: Instant,
  refusedCount: Count,
  refusedAt: Instant.nullable(),
  refusal: Text.nullable(),
  isDigestTorn: Flag,
  partsTaken: Count,
  isOverdue: Flag,
});

const FloodingShape = shapeOf<Flooding>({
  sinceAt: Instant,
  lastAt: Instant,
  droppedCount: Count,
  returnDueAt: Instant,
});

const TroubleShape = shapeOf<NonNullable<StoredHost["trouble"]>>({
  liveness: z.enum(["up", "late", "down", "unknown"] satisfies HostState["liveness"][]),
  sinceAt: Instant,
  lastSeenAt: Instant,
  secondOpinion: z.enum(["answers", "refused", "no-answer", "not-asked"]),
  returnDueAt: Instant.nullable(),
  unheard: UnheardShape.nullable(),
  flooding: FloodingShape.nullable(),
  refusedBoot: shapeOf<RefusedBoot>({
    bootId: Text,
    againstBootId: Text,
    firstAt: Instant,
    lastAt: Instant,
  }).nullable(),
});

const PastShape = shapeOf<CheckPast>({
  unbrokenSinceAt: Instant,
  quarterAt: Instant,
  auditToldAt: Instant.optional(),
  services: namedShapeOf(
    namedShapeOf(
      shapeOf<PastOfCheck>({
        kind: CheckResult.shape.kind,
        status: CheckResult.shape.status,
        sinceAt: Instant,
        isAtLeast: z.literal(true).optional(),
        answers: Text.optional(),
      }),
    ),
  ),
});

const ExaminationShape = shapeOf<Examination>({
  at: Instant,
  findings: z.array(ExaminedFinding.loose()),
  omittedCount: Count,
  wrongSinceAt: Instant.nullable(),
  hourAt: Instant,
  hourCount: Count,
});

export const StoredHostShape = shapeOf<StoredHost>({
  hostId: Text,
  name: Text,
  probe: z.looseObject({ address: Text, port: Count }).nullable(),
  tags: z.array(Text).optional(),
  listed: z.array(Text).optional(),
  titles: namedShapeOf(Text).optional(),
  saysRetired: z.literal(true).optional(),
  examination: ExaminationShape.optional(),
  outcomesSeen: z.array(
    shapeOf<OutcomeMark>({ sequence: Count, grantId: Text.nullable(), startedAt: Instant }),
  ),
  trouble: TroubleShape.nullable(),
  services: namedShapeOf(ServiceShape),
  book: BookShape.optional(),
  savedAt: Instant.optional(),
  past: PastShape.optional(),
});

export const CatalogueShape = z.array(
  shapeOf<CatalogueEntry>({
    service: Text,
    title: Text,
    unit: Text.nullable(),
    actions: z.array(z.looseObject({ action: Text, level: Count, undo: Text.optional() })),
  }),
);

/** What a host's row does not say yet. */
export const UnsavedShape = shapeOf<Unsaved>({ savedAt: Instant, difference: Text });

/** What a proven socket holds of its host. */
export const AttachedHostShape = shapeOf<AttachedHost>({
  connection: shapeOf<Connection>({
    connectionId: Text,
    bootId: Text,
    connectedAt: Instant,
    agentVersion: Text,
    hostname: Text,
    address: Text.nullable(),
    probePort: Count.nullable(),
    catalogue: CatalogueShape,
    tags: z.array(Text).optional(),
    framesRefused: Count.optional(),
    signing: shapeOf<Signing>({
      trust: TrustMark.loose().nullable().optional(),
      offered: z.looseObject({ version: Count, at: Instant, count: Count }).optional(),
    }).optional(),
  }),
  sinceAt: Instant,
  unheard: UnheardShape.and(z.looseObject({ lastSeenAt: Instant })).optional(),
  services: namedShapeOf(
    z.looseObject({
      invocationId: Text,
      restartCount: Count,
      healthySinceAt: Instant.nullable(),
      isBetweenRuns: z.literal(true).optional(),
    }),
  ),
  past: PastShape.optional(),
  unsaved: UnsavedShape.optional(),
});

// Empty for one that was recalled before it came.
function isEnvelope(text: string): boolean {
  return text === "" || readStored(text, z.looseObject({})).ok;
}

export const PendingGrantShape = shapeOf<PendingGrant>({
  grantId: Text,
  hostId: Text,
  service: Text,
  expiresAt: Instant,
  action: Text.optional(),
  envelope: Text.refine(isEnvelope),
  isUnsent: Flag.optional(),
  isRecalled: Flag.optional(),
});

export const ToldWordsShape = shapeOf<ToldWords>({
  service: Text,
  at: Instant,
  toldAt: Instant,
  occasion: WordsOccasion,
  exit: ExitStatus.loose().nullable(),
  lines: z.array(Text),
  isCut: Flag,
});

export const WordsShape = shapeOf<WordsOfService>({
  hostId: Text,
  service: Text,
  failed: ToldWordsShape.nullable(),
  actFailed: ToldWordsShape.nullable(),
});

/** The shard's own row. */
export const OwnShape = shapeOf<StoredShard>({
  graceUntilAt: Instant,
  gapSinceAt: Instant.nullable(),
  book: BookShape,
  censusTold: Count,
  lateTold: Count.optional(),
  deskSilentSinceAt: Instant.nullable(),
  fleetSilence: shapeOf<FleetSilence>({ sinceAt: Instant }).nullable(),
});

/** What the desk told last of the fleet's trust. */
export const ToldTrustShape = shapeOf<ToldTrust>({
  party: RelyingParty.loose(),
  hashes: z.array(Text),
  credentialIds: z.array(Text),
});

/** What the desk told last of the policy. */
export const ToldPolicyShape = z.looseObject({ version: z.int().min(0), text: Text.nullable() });
