// The shape of what an audit row names, as it lies in the desk's storage. Pure.
import * as z from "zod";
import type { AuditRef } from "../core/desk/state/audit-ref.ts";
import { Count, PageReasonShape, shapeOf, Text } from "./read-stored.ts";
import { ScopeShape, SubjectShape } from "./subject-shape.ts";

type Of<Kind extends AuditRef["kind"]> = Extract<AuditRef, { kind: Kind }>;

/** A row's `refs`. */
export const AuditRefsShape = z.array(
  z.union([
    shapeOf<Of<"incident">>({ kind: z.literal("incident"), incidentId: Text }),
    shapeOf<Of<"approval">>({ kind: z.literal("approval"), approvalId: Text }),
    shapeOf<Of<"grant">>({ kind: z.literal("grant"), grantId: Text }),
    shapeOf<Of<"page">>({ kind: z.literal("page"), key: Text }),
    shapeOf<Of<"silence">>({ kind: z.literal("silence"), silenceId: Text }),
    shapeOf<Of<"matcher">>({
      kind: z.literal("matcher"),
      hostId: Text.nullable(),
      service: Text.nullable(),
      reason: PageReasonShape.nullable(),
      subject: SubjectShape.optional(),
    }),
    shapeOf<Of<"standing">>({ kind: z.literal("standing"), standingId: Text, use: Count.nullable() }),
    shapeOf<Of<"freeze">>({ kind: z.literal("freeze"), scope: ScopeShape }),
    shapeOf<Of<"finding">>({ kind: z.literal("finding"), findingId: Text }),
    shapeOf<Of<"record">>({ kind: z.literal("record"), recordKey: Text }),
    shapeOf<Of<"policy">>({ kind: z.literal("policy"), version: Count }),
    shapeOf<Of<"trust">>({ kind: z.literal("trust"), version: Count }),
    shapeOf<Of<"sign-in">>({ kind: z.literal("sign-in"), signInId: Text }),
    shapeOf<Of<"device">>({ kind: z.literal("device"), name: Text }),
    shapeOf<Of<"cut">>({ kind: z.literal("cut"), from: Count, through: Count, hash: Text }),
    shapeOf<Of<"subject">>({ kind: z.literal("subject"), subject: SubjectShape }),
  ]),
);
