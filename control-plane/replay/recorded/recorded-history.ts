// What a control plane recorded, as one value: all of it is there before anything is replayed. Pure types.
import type { AuditEntry } from "../../src/core/desk/state/desk-state.ts";
import type { RecordedSettings } from "../../src/core/desk/state/recorded-settings.ts";
import type { HostState } from "../../src/core/shard/host/shard-state.ts";
import type { RecordedRow } from "../../src/core/shard/kept/recording.ts";
import type { VersionSpan } from "./recorded-policies.ts";

export interface RecordedHistory {
  /** in the order in which they happened */
  readonly events: readonly (RecordedRow & { readonly shard: string })[];
  /** oldest first, up to when it was read: what was ended later was in force before */
  readonly audit: readonly AuditEntry[];
  readonly settings: RecordedSettings;
  /** as they are now */
  readonly hosts: readonly Pick<HostState, "hostId" | "name" | "connection">[];
  /** those in force then, oldest first */
  readonly policies: readonly (VersionSpan & { readonly text: string })[];
}
