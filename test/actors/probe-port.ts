// Runs in Node around the tests: one TCP port of this machine that answers, for the second opinion.
import { createServer } from "node:net";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    probePort: number;
  }
}

export default async function listen({ provide }: TestProject): Promise<() => void> {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Listen on a port: no address");
  provide("probePort", address.port);
  return () => void server.close();
}
