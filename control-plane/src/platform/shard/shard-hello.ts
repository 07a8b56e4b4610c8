// Whether a hello proves that its sender holds the host's key, on this very connection. The audience is the host name under which the
// request came in: a hello that was signed for another address is worthless here. Weakness: where the platform does not check the
// Host header (embedded mode), a relay can choose it; behind Cloudflare only our own zones reach us.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { CHALLENGE_TTL_MS } from "@countersign/shared/values/limits";
import type { CloseReason } from "@countersign/shared/wire/close-codes";
import { connectBytesOf, type Hello } from "@countersign/shared/wire/protocol";
import { isSignedBy } from "@countersign/shared/wire/signature";
import type { Connection } from "../../core/shard/host/shard-state.ts";
import { newId } from "../random-id.ts";
import type { Challenged } from "./socket-attachment.ts";

/** Checks what needs no key: time, host and audience. Null: go on with the signature. */
export function refuseHello(hello: Hello, challenged: Challenged, now: number): CloseReason | null {
  if (now - challenged.issuedAt >= CHALLENGE_TTL_MS) return "challenge-expired";
  const isForUs = hello.hostId === challenged.hostId && hello.audience === challenged.audience;
  return isForUs ? null : "unauthenticated";
}

/** Verifies the hello's signature over the challenge with the enrolled key. */
export async function isHelloProven(hello: Hello, challenge: string, publicKey: string): Promise<boolean> {
  const signature = decodeBase64(hello.signature);
  if (signature === null) return false;
  const { hostId, bootId, audience } = hello;
  return isSignedBy(publicKey, signature, connectBytesOf({ hostId, bootId, audience, challenge }));
}

function signingOf({ signing }: Hello): Pick<Connection, "signing"> {
  if (signing === undefined) return {};
  return { signing: signing.trust === undefined ? {} : { trust: signing.trust } };
}

/** The connection that a proven hello opens. */
export function connectionOf(hello: Hello, address: string | null, now: number): Connection {
  const { bootId, agentVersion, hostname, probePort, catalogue } = hello;
  // A connection's id is never shown or guessed at; it only tells one socket's close from another's.
  const connectionId = newId("con");
  const tags = hello.tags === undefined ? {} : { tags: hello.tags };
  const known = { agentVersion, hostname, address, probePort, catalogue, ...tags, ...signingOf(hello) };
  return { connectionId, bootId, connectedAt: now, ...known };
}
