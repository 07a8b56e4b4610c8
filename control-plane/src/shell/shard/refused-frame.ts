// What a refused frame of a proven host was, as far as that can be told. Pure. What a reader would get wrong: doubt goes against the host. A
// frame that cannot be read, or is of another protocol version, may have been its word about all its services, and then it is not heard.
import * as z from "zod";
import type { FrameRefusal } from "@countersign/shared/wire/protocol";

const Head = z.looseObject({ type: z.string(), digest: z.unknown().optional() });

/** Says whether the frame was a digest, or a part of one, for all that we know. One that is too large is not read. */
export function mayBeDigest(frame: string | ArrayBuffer, reason: FrameRefusal["reason"]): boolean {
  switch (reason) {
    case "frame-too-large":
    case "version-unsupported":
      return true;
    // What a newer agent says beside what we know.
    case "message-unknown":
      return false;
    case "frame-malformed":
      return typeof frame !== "string" || isDigest(frame);
  }
}

function isDigest(frame: string): boolean {
  const head = Head.safeParse(parseJson(frame));
  return !head.success || (head.data.type === "report" && head.data.digest !== false);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
