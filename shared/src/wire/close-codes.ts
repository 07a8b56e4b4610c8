// Why the control plane ended an agent's socket: named WebSocket close codes (4000–4999 are for applications, RFC 6455 §7.4.2).
// One switch maps refusals to codes; the agent reads them to say what a person must do.

export const CLOSE_CODES = {
  /** the same host and boot connected again */
  replaced: 4000,
  "frame-malformed": 4400,
  /** challenge not answered rightly */
  unauthenticated: 4401,
  /** this key was never enrolled here, or was retired */
  "host-unknown": 4404,
  "challenge-expired": 4408,
  /** the same key is live from another boot */
  "identity-conflict": 4409,
  "frame-too-large": 4413,
  "message-unknown": 4422,
  "version-unsupported": 4426,
  /** many times more than a host may send; it comes back after a pause */
  "host-flooding": 4429,
} as const;

export type CloseReason = keyof typeof CLOSE_CODES;

/** Names a close code; null for codes that are not ours. */
export function closeReasonOf(code: number): CloseReason | null {
  const entry = Object.entries(CLOSE_CODES).find(([, value]) => value === code);
  return entry === undefined ? null : (entry[0] as CloseReason);
}
