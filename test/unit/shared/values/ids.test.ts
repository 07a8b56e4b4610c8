// Hashes, ids and results: identity is the key, and an invariant in words throws.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSameText, sha256Hex } from "@countersign/shared/values/digest";
import {
  BootId,
  HostId,
  hostIdOf,
  ItemName,
  makeId,
  Nonce,
  RandomId,
  ShardName,
} from "@countersign/shared/values/ids";
import { assert as assertInvariant, ok, refuse } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { generateKeyPair, isSignedBy, signBytes } from "@countersign/shared/wire/signature";

describe("sha256Hex", () => {
  it("knows the published vectors", () => {
    expect(sha256Hex("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("agrees with Node's for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(sha256Hex(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
      }),
    );
  });
});

describe("isSameText", () => {
  it("says what === says", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        expect(isSameText(left, right)).toBe(left === right);
        expect(isSameText(left, left)).toBe(true);
      }),
    );
    expect(isSameText("abc", "abd")).toBe(false);
  });
});

describe("ids", () => {
  it("a host's id is its key's hash", () => {
    const id = hostIdOf(new Uint8Array(32));
    expect(id).toBe("host_66687aadf862bd776c8fc18b8e9f8e20");
    expect(HostId.safeParse(id).success).toBe(true);
  });

  it("a random id has its prefix and the shape that the wire accepts", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(RandomId.safeParse(makeId("inc", bytes)).success).toBe(true);
      }),
    );
    expect(makeId("grt", new Uint8Array(16))).toBe("grt_AAAAAAAAAAAAAAAAAAAAAA");
  });

  it.each([
    [ItemName, "a", true],
    [ItemName, "a".repeat(64), true],
    [ItemName, "a".repeat(65), false],
    [ItemName, "-a", false],
    [ItemName, "a-", false],
    [ItemName, "A", false],
    [ItemName, "a\n", false],
    [ItemName, "__proto__", false],
    [ShardName, "shard-0", true],
    [ShardName, "shard-9999", true],
    [ShardName, "shard-10000", false],
    [ShardName, "shard-", false],
    [Nonce, "x".repeat(21), false],
    [Nonce, "x".repeat(22), true],
    [Nonce, "x".repeat(64), true],
    [Nonce, "x".repeat(65), false],
    [BootId, "0f3c7a9e-51d2-4b8e-9c64-2a7e1b5d8f30", true],
    [BootId, "0f3c7a9e51d24b8e9c642a7e1b5d8f30", false],
    [HostId, "web-1", false],
    [RandomId, `abc_${"x".repeat(22)}`, false],
  ])("%# %s", (schema, text, isAccepted) => {
    expect(schema.safeParse(text).success).toBe(isAccepted);
  });
});

describe("results", () => {
  it("wrap a value and a refusal", () => {
    expect(ok(1)).toEqual({ ok: true, value: 1 });
    expect(refuse({ reason: "expired" })).toEqual({ ok: false, error: { reason: "expired" } });
  });

  it("a broken invariant throws in its own words", () => {
    expect(() => {
      assertInvariant(false, "a nonce is used once");
    }).toThrow("Invariant broken: a nonce is used once");
    assertInvariant(true, "never seen");
  });
});

describe("signatures", () => {
  it("are checked against key, bytes and shape; an unreadable one is a plain no", async () => {
    const pair = await generateKeyPair();
    const bytes = encodeUtf8("x");
    const signature = await signBytes(pair.privateKey, bytes);
    expect(await isSignedBy(pair.publicKey, signature, bytes)).toBe(true);
    expect(await isSignedBy(pair.publicKey, signature, encodeUtf8("y"))).toBe(false);
    expect(await isSignedBy((await generateKeyPair()).publicKey, signature, bytes)).toBe(false);
    expect(await isSignedBy("not base64", signature, bytes)).toBe(false);
    expect(await isSignedBy("AAAA", signature, bytes)).toBe(false);
    expect(await isSignedBy(pair.publicKey, signature.slice(1), bytes)).toBe(false);
  });

  it("an unreadable private key is our own fault and throws", async () => {
    await expect(signBytes("*", encodeUtf8("x"))).rejects.toThrow("Read private key: it is not base64");
  });
});
