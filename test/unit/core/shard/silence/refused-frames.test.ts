// A host's frame that its shard refused: counted and told, and no sign of life.
import { expect, it } from "vitest";
import { BOOT_A, connectionWith, driveUpHost, WEB_1 } from "../shard-driver.ts";

const refused = {
  kind: "frame-refused",
  hostId: WEB_1,
  reason: "frame-malformed",
  isDigest: false,
} as const;

it("is counted, and told with the first one of each connection", () => {
  const shard = driveUpHost();
  const notes = () => shard.signals("note").filter(({ text }) => text.includes("frame-malformed")).length;
  shard.send(refused);
  shard.send(refused);
  expect(shard.host().connection?.framesRefused).toBe(2);
  expect(notes()).toBe(1);
  const connection = connectionWith({ connectionId: "con_2", bootId: BOOT_A });
  shard.send({ kind: "connected", hostId: WEB_1, connection });
  expect(shard.host().connection?.framesRefused).toBeUndefined();
  shard.send(refused);
  expect(notes()).toBe(2);
});

it("is no sign of life", () => {
  const shard = driveUpHost();
  const { lastSeenAt } = shard.host();
  shard.send(refused);
  expect(shard.host().lastSeenAt).toBe(lastSeenAt);
});
