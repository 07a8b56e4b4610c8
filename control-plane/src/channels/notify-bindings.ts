// What channels need of the Worker's bindings: where links lead, and the terminal of an embedded control plane. Pure types.
import type { Terminal } from "./channel-send.ts";

/** What sending needs of the Worker's bindings; secrets are looked up by the name that the policy gives. */
export interface NotifyBindings {
  readonly PUBLIC_URL: string;
  readonly TERMINAL?: Terminal;
}
