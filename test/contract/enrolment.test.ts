// Enrolment and connection proofs: what a host signs, what the token pins, and where the agent connects.
import { describe, expect, it } from "vitest";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { hostIdOf } from "@countersign/shared/values/ids";
import { decodeUtf8 } from "@countersign/shared/values/utf8";
import {
  connectPathOf,
  EnrolmentAnswer,
  enrolmentBytesOf,
  EnrolmentRequest,
  EnrolmentToken,
  FirstEnrolmentAnswer,
  keyFingerprintOf,
} from "@countersign/shared/wire/enrolment";
import { connectBytesOf, Hello } from "@countersign/shared/wire/protocol";
import { isSignedBy } from "@countersign/shared/wire/signature";
import { agentMessages, controlMessages, enrolmentFixture, keys, signing } from "./fixtures.ts";

const request = EnrolmentRequest.parse(enrolmentFixture.request);
const answer = FirstEnrolmentAnswer.parse(enrolmentFixture.answer);
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => decodeBase64(text)!;

describe("enrolment", () => {
  it("the examples parse to themselves", () => {
    expect(request).toEqual(enrolmentFixture.request);
    expect(answer).toEqual(enrolmentFixture.answer);
  });

  it("those of version 2 too, and neither version's answer passes for the other's", () => {
    const { answer: second, request: asked } = signing.enrolment;
    expect(EnrolmentRequest.parse(asked)).toEqual(asked);
    expect(EnrolmentAnswer.parse(second)).toEqual(second);
    const without = signing.enrolment["answer-without-approvers"];
    expect(EnrolmentAnswer.parse(without)).toEqual(without);
    expect(EnrolmentAnswer.safeParse(enrolmentFixture.answer).success).toBe(false);
    expect(FirstEnrolmentAnswer.safeParse(second).success).toBe(false);
    for (const key of ["party", "trust"])
      expect(EnrolmentAnswer.safeParse({ ...answer, version: 2, [key]: null }).success).toBe(false);
  });

  it("the request proves possession of the key, for this token only", async () => {
    const signature = bytesOf(request.signature);
    const { token, publicKey } = request;
    expect(await isSignedBy(publicKey, signature, enrolmentBytesOf(token, publicKey))).toBe(true);
    expect(await isSignedBy(publicKey, signature, enrolmentBytesOf(`${token}x`, publicKey))).toBe(false);
    expect(await isSignedBy(keys.stranger.publicKey, signature, enrolmentBytesOf(token, publicKey))).toBe(
      false,
    );
    expect(decodeUtf8(enrolmentBytesOf("T", "K"))).toBe("countersign-enrol-v1\nT\nK");
  });

  it("the token pins the desk's key", () => {
    expect(request.token.split(".")[1]).toBe(keyFingerprintOf(bytesOf(answer.deskPublicKey)));
    expect(keyFingerprintOf(bytesOf(keys.stranger.publicKey))).not.toBe(request.token.split(".")[1]);
  });

  it("a host's id comes from its key", () => {
    expect(hostIdOf(bytesOf(request.publicKey))).toBe(answer.hostId);
    expect(connectPathOf(answer.shard, answer.hostId)).toBe(`/v1/agent/connect/shard-0/${answer.hostId}`);
  });

  it.each([
    ["no prefix", "x".repeat(43) + `.${"0".repeat(32)}`],
    ["no fingerprint", `cse_${"x".repeat(43)}`],
    ["a short secret", `cse_${"x".repeat(42)}.${"0".repeat(32)}`],
    ["a line break at the end", `cse_${"x".repeat(43)}.${"0".repeat(32)}\n`],
  ])("a token with %s is refused", (_why, token) => {
    expect(EnrolmentToken.safeParse(token).success).toBe(false);
  });

  it.each([
    ["an unknown key", { admin: true }],
    ["a version of the future", { version: 3 }],
    ["an empty hostname", { hostname: "" }],
    ["a short key", { publicKey: "AAAA" }],
  ])("a request with %s is refused", (_why, change) => {
    expect(EnrolmentRequest.safeParse({ ...request, ...change }).success).toBe(false);
  });
});

describe("a connection", () => {
  it("the hello's signature covers host, boot, audience and challenge", async () => {
    const hello = Hello.parse(agentMessages["hello"]);
    const challenge = String(controlMessages["challenge"]?.["challenge"]);
    const proof = { hostId: hello.hostId, bootId: hello.bootId, audience: hello.audience, challenge };
    const signature = bytesOf(hello.signature);
    expect(await isSignedBy(request.publicKey, signature, connectBytesOf(proof))).toBe(true);
    for (const part of Object.keys(proof))
      expect(
        await isSignedBy(request.publicKey, signature, connectBytesOf({ ...proof, [part]: "else" })),
        part,
      ).toBe(false);
  });
});
