// What a stranger meets at the embedded control plane's real sockets. Needs no machine.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { CLOSE_CODES } from "@countersign/shared/wire/close-codes";
import { connectPathOf } from "@countersign/shared/wire/enrolment";
import { adminOf } from "../../control-plane/embedded/admin.ts";
import { startControlPlane, type ControlPlane } from "../../control-plane/embedded/control-plane.ts";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { startLightAgent, type LightAgent } from "./light-agent.ts";

const stateDir = mkdtempSync(join(tmpdir(), "countersign-strangers-"));
let controlPlane: ControlPlane;
let neighbour: LightAgent;

beforeAll(async () => {
  controlPlane = await startControlPlane({ port: 0, stateDir, policyText: demoPolicy("fast") });
  const { url, adminToken } = controlPlane;
  neighbour = await startLightAgent(url, await adminOf(url, adminToken).createEnrolmentToken(), "neighbour");
  await waitFor("the neighbour to be welcome", 30_000, () => (neighbour.isWelcome() ? true : null));
});
afterAll(async () => {
  neighbour?.stop();
  await controlPlane?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

test.each(["shard-0", "shard-9999"])("a host that %s does not know is told so at once", async (shard) => {
  const url = new URL(connectPathOf(shard, `host_${"0".repeat(32)}`), controlPlane.url);
  url.protocol = "ws:";
  const socket = new WebSocket(url);
  const code = await new Promise<number>((resolve) => socket.once("close", resolve));
  expect(code).toBe(CLOSE_CODES["host-unknown"]);
});
