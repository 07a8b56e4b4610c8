// The programs of agent and actuator alone, as the build packs them into the host command (edge-agent/build.ts).
import { brotliDecompressSync } from "node:zlib";

/** Brotli in base64; the build puts the texts here, and without a build there are none. */
declare const AGENT_ALONE_PACKED: string | undefined;
declare const ACTUATOR_ALONE_PACKED: string | undefined;

/** Throws where this is not the self-contained build, which alone can be installed. */
export function agentAloneText(): string {
  return unpack(typeof AGENT_ALONE_PACKED === "undefined" ? undefined : AGENT_ALONE_PACKED);
}

/** The same for the actuator. */
export function actuatorAloneText(): string {
  return unpack(typeof ACTUATOR_ALONE_PACKED === "undefined" ? undefined : ACTUATOR_ALONE_PACKED);
}

function unpack(packed: string | undefined): string {
  if (packed === undefined) throw new Error("Unpack a program: this is not the self-contained build");
  return brotliDecompressSync(Buffer.from(packed, "base64")).toString("utf8");
}
