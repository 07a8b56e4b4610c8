// Tokens that bring hosts and people in: single use, bounded in time, stored as hashes only.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import {
  ENROLMENT_TOKEN_TTL_MS,
  HOSTS_PER_SHARD_MAX,
  SIGN_IN_TTL_MS,
  SIGN_IN_TOKEN_TTL_MS,
} from "@countersign/shared/values/limits";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { byAdmin, byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { desk, enrol, enrolledHost, shard, signInToken, takeClock } from "../world/fleet.ts";

async function problemOf(response: Response): Promise<{ status: number; type: string }> {
  const { status, type } = await response.json<{ status: number; type: string }>();
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  return { status, type: type.replace("urn:countersign:problem:", "") };
}

describe("an enrolment token", () => {
  it("enrols one host; the same key may repeat it, another may not", async () => {
    const { token } = await desk().createEnrolmentToken(byAdmin());
    const key = await generateKeyPair();
    const first = await (await enrol(token, key, "web-1")).json();
    expect(await (await enrol(token, key, "web-1")).json()).toEqual(first);
    const other = await enrol(token, await generateKeyPair(), "web-2");
    expect(await problemOf(other)).toEqual({ status: 409, type: "token-used" });
  });

  it("ends with its time to live", async () => {
    const clock = takeClock();
    const { token } = await desk().createEnrolmentToken(byAdmin());
    clock.advance(ENROLMENT_TOKEN_TTL_MS - 1);
    const { token: other } = await desk().createEnrolmentToken(byAdmin());
    expect((await enrol(token, await generateKeyPair(), "web-1")).status).toBe(200);
    clock.advance(ENROLMENT_TOKEN_TTL_MS);
    const late = await enrol(other, await generateKeyPair(), "web-2");
    expect(await problemOf(late)).toEqual({ status: 410, type: "token-expired" });
  });

  it("that this desk never made is refused", async () => {
    const wrong = await enrol(`cse_${"A".repeat(43)}.${"0".repeat(32)}`, await generateKeyPair(), "web-1");
    expect(await problemOf(wrong)).toEqual({ status: 403, type: "token-unknown" });
  });

  it("that this desk never made leaves no audit row: strangers cannot fill it", async () => {
    const rowCount = async () => (await desk().auditRows({ before: null, limit: 100 })).length;
    const before = await rowCount();
    await enrol(`cse_${"A".repeat(43)}.${"0".repeat(32)}`, await generateKeyPair(), "web-1");
    await desk().redeemSignInToken("csi_unknown", "phone");
    expect(await rowCount()).toBe(before);
  });

  it("is not spent by a request whose signer lacks the key", async () => {
    const { token } = await desk().createEnrolmentToken(byAdmin());
    const key = await generateKeyPair();
    const forged = await enrol(token, await generateKeyPair(), "web-1", key.publicKey);
    expect(await problemOf(forged)).toEqual({ status: 403, type: "signature-wrong" });
    expect((await enrol(token, key, "web-1")).status).toBe(200);
  });

  it("gives hosts of one name different names, and their keys' own ids", async () => {
    const names = [];
    for (let count = 0; count < 3; count += 1) {
      const { token } = await desk().createEnrolmentToken(byAdmin());
      const redeemed = await desk().redeemEnrolmentToken(token, (await generateKeyPair()).publicKey, "web");
      names.push(redeemed.ok ? redeemed.value.name : null);
    }
    expect(names).toEqual(["web", "web-2", "web-3"]);
  });
});

describe("a shard", () => {
  it("takes its thousandth host, and the next one goes to another shard", async () => {
    await runInDurableObject(desk(), (_instance, { storage }) => {
      for (let index = 1; index < HOSTS_PER_SHARD_MAX; index += 1)
        storage.sql.exec("INSERT INTO hosts VALUES (?, 0, ?)", `host_${index}`, `name-${index}`);
    });
    expect((await enrolledHost("last")).shard).toBe("shard-0");
    expect((await enrolledHost("first")).shard).toBe("shard-1");
  });

  it("refuses a host above its bound itself, too", async () => {
    await enrolledHost();
    await runInDurableObject(shard(), (_instance, { storage }) => {
      for (let index = 1; index < HOSTS_PER_SHARD_MAX; index += 1)
        storage.sql.exec("INSERT INTO records VALUES ('key', ?, '\"\"')", `host_${index}`);
    });
    await evictDurableObject(shard());
    const { token } = await desk().createEnrolmentToken(byAdmin());
    const refused = await enrol(token, await generateKeyPair(), "web-2");
    expect(await problemOf(refused)).toEqual({ status: 503, type: "shard-full" });
  });
});

describe("a sign-in token", () => {
  it("opens one sign-in on one device", async () => {
    const token = await signInToken();
    const redeemed = await desk().redeemSignInToken(token, "phone");
    if (!redeemed.ok) throw new Error(redeemed.error.reason);
    const { signInSecret, signIn } = redeemed.value;
    expect(await desk().visitOf(signInSecret)).toMatchObject({ signIn });
    expect(await desk().redeemSignInToken(token, "other phone")).toEqual({
      ok: false,
      error: { reason: "token-used" },
    });
    await desk().endSignIn({ signInId: signIn.signInId, by: byPerson("operator"), of: "operator" });
    expect(await desk().visitOf(signInSecret)).toBeNull();
  });

  it("and its sign-in end with their times to live", async () => {
    const clock = takeClock();
    const used = await signInToken();
    const redeemed = await desk().redeemSignInToken(used, "phone");
    if (!redeemed.ok) throw new Error(redeemed.error.reason);
    const token = await signInToken();
    clock.advance(SIGN_IN_TOKEN_TTL_MS);
    expect(await desk().redeemSignInToken(token, "phone")).toEqual({
      ok: false,
      error: { reason: "token-expired" },
    });
    clock.advance(SIGN_IN_TTL_MS - SIGN_IN_TOKEN_TTL_MS - 1);
    expect(await desk().visitOf(redeemed.value.signInSecret)).not.toBeNull();
    clock.advance(1);
    expect(await desk().visitOf(redeemed.value.signInSecret)).toBeNull();
  });

  it("is made for responders of the policy only", async () => {
    expect(await desk().inviteToSignIn("nobody", byAdmin())).toEqual({
      ok: false,
      error: { reason: "responder-unknown" },
    });
  });
});

describe("the desk's storage", () => {
  it("holds no token and no sign-in secret in clear", async () => {
    const { token } = await desk().createEnrolmentToken(byAdmin());
    const invited = await desk().inviteToSignIn("operator", byAdmin());
    if (!invited.ok || invited.value.delivery !== "printed") throw new Error("nobody is signed in");
    const link = invited.value.token;
    const redeemed = await desk().redeemSignInToken(link, "phone");
    if (!redeemed.ok) throw new Error(redeemed.error.reason);
    const stored = await runInDurableObject(desk(), (_instance, { storage }) =>
      JSON.stringify(
        ["tokens", "sign_ins", "audit", "records"].map((table) =>
          storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
        ),
      ),
    );
    for (const secret of [token, link, redeemed.value.signInSecret]) expect(stored).not.toContain(secret);
  });
});
