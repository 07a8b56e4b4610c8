// The shapes of what something is about (core/words/subject.ts), as it lies in records and signals. Pure.
import * as z from "zod";
import type {
  FleetSubject,
  HostSubject,
  ServiceSubject,
  SharedSubject,
  Subject,
} from "../core/words/subject.ts";
import { shapeOf, Text } from "./read-stored.ts";

const HostShape = shapeOf<HostSubject>({ kind: z.literal("host"), hostId: Text, hostName: Text });
export const ServiceShape = shapeOf<ServiceSubject>({
  kind: z.literal("service"),
  hostId: Text,
  hostName: Text,
  service: Text,
});
export const HostedShape = z.union([HostShape, ServiceShape]);
export const FleetShape = shapeOf<FleetSubject>({ kind: z.literal("fleet"), shard: Text.nullable() });
export const ScopeShape = z.union([HostedShape, FleetShape]);

type Other<Kind extends Subject["kind"]> = Extract<Subject, { readonly kind: Kind }>;

export const SubjectShape = z.union([
  ScopeShape,
  shapeOf<SharedSubject>({ kind: z.enum(["provider", "identity"]), shard: Text, name: Text }),
  shapeOf<Other<"person">>({ kind: z.literal("person"), responder: Text, name: Text }),
  shapeOf<Other<"channel">>({ kind: z.literal("channel"), channel: Text }),
  shapeOf<Other<"part">>({ kind: z.literal("part"), shard: Text.nullable() }),
  shapeOf<Other<"external">>({ kind: z.literal("external"), name: Text }),
]);
