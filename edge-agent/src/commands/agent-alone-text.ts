// The program of the agent alone, as the build packs it into the host command (edge-agent/build.ts).
import { brotliDecompressSync } from "node:zlib";

/** Brotli in base64; the build puts the text here, and without a build there is none. */
declare const AGENT_ALONE_PACKED: string | undefined;

/** Throws where this is not the self-contained build, which alone can be installed. */
export function agentAloneText(): string {
  if (typeof AGENT_ALONE_PACKED === "undefined")
    throw new Error("Unpack the agent: this is not the self-contained build");
  return brotliDecompressSync(Buffer.from(AGENT_ALONE_PACKED, "base64")).toString("utf8");
}
