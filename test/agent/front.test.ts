// Who called, at the embedded control plane's real listening addresses: what a caller writes about its own address counts nowhere, and
// what a proxy writes counts only where it is trusted. Callers are told apart by loopback addresses.
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { CLOSE_CODES } from "@countersign/shared/wire/close-codes";
import { connectPathOf } from "@countersign/shared/wire/enrolment";
import {
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from "../../control-plane/embedded/control-plane.ts";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { FAILED_ATTEMPTS_MAX } from "../../control-plane/src/core/doors/failed-attempts.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-front-"));
const running: ControlPlane[] = [];

async function start(
  name: string,
  options: Pick<ControlPlaneOptions, "host" | "isProxyTrusted" | "publicUrlAt">,
): Promise<number> {
  const stateDir = join(folder, name);
  const controlPlane = await startControlPlane({
    port: 0,
    stateDir,
    policyText: demoPolicy("fast"),
    ...options,
  });
  running.push(controlPlane);
  return Number(new URL(controlPlane.url).port);
}

/** Asks with a wrong admin token from an address; gives the status. */
function guess(port: number, from: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: "127.0.0.1",
        port,
        localAddress: from,
        path: "/v1/admin/audit",
        headers: { authorization: "Bearer no", ...headers },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    asked.once("error", reject).end();
  });
}

async function guessOften(
  port: number,
  from: string,
  headersOf: (time: number) => Record<string, string>,
): Promise<void> {
  for (let time = 0; time < FAILED_ATTEMPTS_MAX; time += 1) await guess(port, from, headersOf(time));
}

afterAll(async () => {
  for (const controlPlane of running) await controlPlane.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("an address that anyone can reach", () => {
  let port = 0;
  beforeAll(async () => {
    port = await start("open", { host: "0.0.0.0" });
  });

  it("is called from where the connection comes, whatever the caller writes", async () => {
    await guessOften(port, "127.0.0.2", (time) => ({
      "CF-Connecting-IP": `203.0.113.${time}`,
      "X-Forwarded-For": `203.0.113.${time}`,
    }));
    expect(await guess(port, "127.0.0.2", { "CF-Connecting-IP": "203.0.113.200" })).toBe(429);
    expect(await guess(port, "127.0.0.3")).toBe(401);
  });

  it("takes agents' sockets", async () => {
    const socket = new WebSocket(
      `ws://127.0.0.1:${port}${connectPathOf("shard-0", `host_${"0".repeat(32)}`)}`,
    );
    const code = await new Promise<number>((resolve) => socket.once("close", resolve));
    expect(code).toBe(CLOSE_CODES["host-unknown"]);
  });
});

describe("behind a proxy", () => {
  it("the last address that it states is the caller's, when it is trusted", async () => {
    const port = await start("trusted", { isProxyTrusted: true });
    await guessOften(port, "127.0.0.1", (time) => ({ "X-Forwarded-For": `203.0.113.${time}, 198.51.100.1` }));
    expect(await guess(port, "127.0.0.1", { "X-Forwarded-For": "203.0.113.9, 198.51.100.1" })).toBe(429);
    expect(await guess(port, "127.0.0.1", { "X-Forwarded-For": "198.51.100.1, 203.0.113.9" })).toBe(401);
  });

  it("nothing that it states counts, when it is not", async () => {
    const port = await start("plain", {});
    await guessOften(port, "127.0.0.1", (time) => ({ "X-Forwarded-For": `203.0.113.${time}` }));
    expect(await guess(port, "127.0.0.1", { "X-Forwarded-For": "198.51.100.1" })).toBe(429);
  });
});

describe("by 127.0.0.1, where people open the desk as localhost", () => {
  let port = 0;
  beforeAll(async () => {
    port = await start("localhost", { publicUrlAt: async (own) => `http://localhost:${own}` });
  });
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual", ...init });

  it.each(["/", "/passkey", "/sign-in/csi_x?from=page", "//evil.test/", "/v1x"])(
    "leads whoever opens the view %s there",
    async (path) => {
      const answer = await ask(path);
      expect([answer.status, answer.headers.get("location")]).toEqual([
        307,
        `http://localhost:${port}${path}`,
      ]);
    },
  );

  it("leaves the API, agents and forms where they are", async () => {
    for (const path of ["/healthz", "/openapi.json", "/v1/admin/hosts"])
      expect((await ask(path)).headers.get("location")).toBe(null);
    expect((await ask("/sign-in/csi_x", { method: "POST" })).headers.get("location")).toBe(null);
    const socket = new WebSocket(
      `ws://127.0.0.1:${port}${connectPathOf("shard-0", `host_${"0".repeat(32)}`)}`,
    );
    const code = await new Promise<number>((resolve) => socket.once("close", resolve));
    expect(code).toBe(CLOSE_CODES["host-unknown"]);
  });

  it("leads nobody away who came by the name, or where the desk has another", async () => {
    const byName = await fetch(`http://localhost:${port}/`, { redirect: "manual" });
    expect(byName.headers.get("location") ?? "").not.toContain("localhost");
    const plain = await start("address", {});
    const byAddress = await fetch(`http://127.0.0.1:${plain}/`, { redirect: "manual" });
    expect(byAddress.headers.get("location") ?? "").not.toContain("localhost");
  });
});
