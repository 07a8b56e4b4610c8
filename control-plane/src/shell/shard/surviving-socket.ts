// A live socket as it survived hibernation: what is attached to it, and its last keepalive. Its catalogue is in its host's row.
import type { Connection } from "../../core/shard/host/shard-state.ts";
import type { AttachedHost } from "../../core/shard/kept/shard-stored.ts";

/** A live socket as it survived hibernation; the catalogue is not in it but in the host's row. */
export interface SurvivingSocket {
  readonly attached: AttachedHost;
  readonly lastSeenAt: number;
}

/** The socket with the catalogue of its host's row. */
export function withCatalogue(
  { attached, lastSeenAt }: SurvivingSocket,
  catalogue: Connection["catalogue"],
): SurvivingSocket {
  const connection = { ...attached.connection, catalogue };
  return { attached: { ...attached, connection }, lastSeenAt };
}
