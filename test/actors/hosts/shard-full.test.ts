// A shard takes exactly as many hosts as it may hold; the next one is refused, and one that it knows already is not.
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { hostIdOf } from "@countersign/shared/values/ids";
import { HOSTS_PER_SHARD_MAX } from "@countersign/shared/values/limits";
import { shard } from "../world/fleet.ts";

function hostOf(index: number) {
  const publicKey = new Uint8Array(32);
  new DataView(publicKey.buffer).setUint32(0, index);
  return {
    shard: "shard-7",
    hostId: hostIdOf(publicKey),
    publicKey: encodeBase64(publicKey),
    name: `web-${index}`,
  };
}

it("holds its limit, and refuses one host more", async () => {
  const answers = await runInDurableObject(shard("shard-7"), async (instance) => {
    for (let index = 0; index < HOSTS_PER_SHARD_MAX - 1; index += 1) await instance.enrolHost(hostOf(index));
    return {
      last: await instance.enrolHost(hostOf(HOSTS_PER_SHARD_MAX - 1)),
      oneMore: await instance.enrolHost(hostOf(HOSTS_PER_SHARD_MAX)),
      known: await instance.enrolHost(hostOf(0)),
    };
  });
  expect(answers.last.ok).toBe(true);
  expect(answers.oneMore).toEqual({ ok: false, error: { reason: "shard-full" } });
  expect(answers.known.ok).toBe(true);
  expect(await shard("shard-7").snapshot()).toHaveLength(HOSTS_PER_SHARD_MAX);
});
