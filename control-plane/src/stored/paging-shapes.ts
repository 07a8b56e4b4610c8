// The shapes of what the desk stores about pages and the ways that they go. Pure. Every field that a decision reads has
// its line.
import * as z from "zod";
import { Severity } from "@countersign/shared/wire/service-report";
import type { ChannelState } from "../core/desk/records/pages/channel-state.ts";
import type { CarriedPage, Contact } from "../core/desk/records/pages/contact.ts";
import type { Delivery } from "../core/desk/records/pages/delivery.ts";
import type { Page, PageRound, Told } from "../core/desk/records/pages/page.ts";
import type { SentLately } from "../core/desk/records/pages/sent-lately.ts";
import type { TestPage, TestReceipt } from "../core/desk/records/pages/test-page.ts";
import { TesterShape } from "./actor-shape.ts";
import { Count, Flag, Instant, PageReasonShape, shapeOf, Text } from "./read-stored.ts";
import { SubjectShape } from "./subject-shape.ts";

const StageShape = z.enum(["accepted", "delivered", "seen", "acknowledged", "lost"]);

const PageKindShape = z.enum(["ring", "update", "recovered", "test"]);

export const PageShape = shapeOf<Page>({
  key: Text,
  incidentId: Text,
  approvalId: Text.nullable(),
  kind: PageKindShape,
  tells: z.array(
    shapeOf<Told>({
      findingId: Text,
      reason: PageReasonShape,
      subject: SubjectShape,
      what: z.enum(["began", "rose", "goes-on", "ended", "result"]),
      isFirst: Flag,
      isTitle: Flag,
    }),
  ),
  isEverywhere: Flag,
  responder: Text,
  channels: z.array(Text),
  channelIndex: Count,
  attempts: Count,
  unconfirmed: z.array(Text).optional(),
  round: shapeOf<PageRound>({
    done: Count,
    tried: z.array(Text),
    isWaiting: z.literal(true).optional(),
  }).optional(),
  nextAttemptAt: Instant,
  state: z.enum(["held", "pending", "delivered", "undeliverable"]),
  severity: Severity,
  title: Text,
  body: Text,
  path: Text,
  createdAt: Instant,
  deliveredAt: Instant.nullable(),
  deliveredBy: Text.nullable(),
  lastError: Text.nullable(),
  covers: z.array(Text).optional(),
  releasedAt: Instant.optional(),
  seenAt: Instant.optional(),
  swallowedBy: z.array(Text).optional(),
});

const CarriedShape = shapeOf<CarriedPage>({
  key: Text,
  title: Text,
  path: Text,
  createdAt: Instant,
  triedAt: Instant,
  deliveredAt: Instant.nullable(),
  seenAt: Instant.nullable(),
  error: Text.nullable(),
  settings: Text.optional(),
  stage: StageShape.optional(),
});

export const ContactShape = shapeOf<Contact>({
  contactKey: Text,
  responder: Text,
  channel: Text,
  deliveredAt: Instant.nullable(),
  page: CarriedShape.nullable(),
  test: CarriedShape.nullable(),
});

export const TestPageShape = shapeOf<TestPage>({
  testId: Text,
  responder: Text,
  channel: Text.nullable(),
  by: TesterShape,
  askedAt: Instant,
  deliveredAt: Instant.nullable(),
  deliveredBy: Text.nullable(),
  error: Text.nullable(),
  isGivenUp: Flag,
  receipt: shapeOf<TestReceipt>({ at: Instant, way: z.enum(["tap", "reply"]) }).nullable(),
  isDrill: z.literal(true).optional(),
});

export const DeliveryShape = shapeOf<Delivery>({
  deliveryKey: Text,
  pageKey: Text,
  incidentId: Text,
  responder: Text,
  channel: Text,
  kind: PageKindShape,
  handle: Text,
  isUnconfirmed: z.literal(true).optional(),
  acceptedAt: Instant,
  stage: StageShape,
  stageAt: Instant,
  askAt: Instant.nullable(),
  asks: Count,
  arrivesByAt: Instant.nullable(),
  settle: z.enum(["acknowledged", "resolved", "superseded"]).nullable(),
  settleAt: Instant.nullable(),
  settleAttempts: Count,
  heardUntilAt: Instant.optional(),
});

export const ChannelStateShape = shapeOf<ChannelState>({
  channel: Text,
  settings: Text,
  failures: Count,
  firstFailedAt: Instant,
  lastError: Text,
  isForGood: Flag,
  restsUntilAt: Instant,
  isToldToWait: z.literal(true).optional(),
  probeKey: Text.optional(),
});

export const SentLatelyShape = shapeOf<SentLately>({
  responder: Text,
  sentAt: z.array(Instant),
  releasedAt: Instant.nullable(),
});
