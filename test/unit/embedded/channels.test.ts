// What `npm start` says of the way to people: a secret's name that is refused names one that is taken, and nobody is promised pages that
// cannot be sent.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { adminOf } from "../../../control-plane/embedded/admin.ts";
import { channelSecretsOf } from "../../../control-plane/embedded/channel-secrets.ts";
import { isChannelSecretName } from "../../../control-plane/src/channels/channel-secret.ts";

function messageOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

const server = createServer();
afterEach(() => server.close());

it("secrets of channels are taken by their names", () => {
  const environment = {
    COUNTERSIGN_SECRET_CHANNEL_A: "1",
    CHANNEL_B: "2",
    COUNTERSIGN_SECRET_CHANNEL_C: undefined,
  };
  expect(channelSecretsOf(environment)).toEqual({ CHANNEL_A: "1" });
});

it.each([
  "NTFY_TOKEN",
  "channel_x",
  "CHANNEL_",
  "CHANNEL_constructor",
  "",
  "x-y",
  "DESK_PRIVATE_KEY",
  "A".repeat(99),
])("the secret %j is refused, by a name that would be taken", (name) => {
  const words = messageOf(() => channelSecretsOf({ [`COUNTERSIGN_SECRET_${name}`]: "1" }));
  const named = / to COUNTERSIGN_SECRET_(\S+),/.exec(words)?.[1] ?? "";
  expect([named, isChannelSecretName(named)]).toEqual([named, true]);
});

it.each([
  [503, { status: "failing", reasons: ["shard-unreachable", "no-channel"] }, false],
  [503, { status: "failing", reasons: ["shard-unreachable"] }, true],
  [200, { status: "ok" }, true],
])("after %i %j pages are promised: %j", async (status, body, canPage) => {
  server
    .removeAllListeners("request")
    .on("request", (_, response) => response.writeHead(status).end(JSON.stringify(body)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await adminOf(`http://127.0.0.1:${port}`, "token").canPage()).toBe(canPage);
});
