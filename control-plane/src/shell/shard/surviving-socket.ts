// A live socket as it survived hibernation: what is attached to it, and its last keepalive. Its catalogue is in its host's row. Pure.
import { NONE_NAMED } from "@countersign/shared/values/named";
import type { Connection } from "../../core/shard/host/shard-state.ts";
import type { AttachedHost, Unsaved } from "../../core/shard/kept/shard-stored.ts";

/** A live socket as it survived hibernation; the catalogue is not in it but in the host's row. */
export interface SurvivingSocket {
  readonly attached: AttachedHost;
  readonly lastSeenAt: number;
}

/** No row was ever written then, so what the socket holds beyond it is known to be lost. */
const NEVER_SAVED: Unsaved = { savedAt: -1, difference: "{}" };

/** What is attached instead where the names of a host leave no room: the next digest brings its services' baselines and what was learned again. */
export function withoutLearned(attached: AttachedHost): AttachedHost {
  return { ...attached, services: NONE_NAMED, unsaved: NEVER_SAVED };
}

/** The socket with the catalogue of its host's row. */
export function withCatalogue(
  { attached, lastSeenAt }: SurvivingSocket,
  catalogue: Connection["catalogue"],
): SurvivingSocket {
  const connection = { ...attached.connection, catalogue };
  return { attached: { ...attached, connection }, lastSeenAt };
}
