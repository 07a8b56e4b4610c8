// A credential's file as it comes and goes: what is told of its expiry while there is none to be read, and that what is
// declared is told.
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CredentialSpec } from "@countersign/shared/host/evidence-spec";
import { CREDENTIAL_BYTES_MAX, readCredential } from "../../../../edge-agent/src/evidence/read-credential.ts";

const expiry = { json: "expiresAt" };
let folder = "";
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "credential-"))));
afterAll(() => rm(folder, { recursive: true }));

async function told(name: string, spec: Partial<CredentialSpec>) {
  const { states, problems } = await readCredential(
    { name: "key", path: join(folder, name), ...spec },
    "web",
  );
  return { fact: states[0], problems };
}

test("a file that is not there has an expiry that cannot be read, where one is declared", async () => {
  const { fact, problems } = await told("none", { expiry });
  expect(fact).toMatchObject({ fileKind: "missing", expiresAt: null, isExpiryUnread: true });
  expect(problems).toEqual([expect.stringContaining("is not there")]);
  expect((await told("none", {})).fact).not.toHaveProperty("isExpiryUnread");
});

test("a link to nothing is a link whose expiry cannot be read", async () => {
  await symlink(join(folder, "nothing"), join(folder, "link"));
  const { fact, problems } = await told("link", { expiry });
  expect(fact).toMatchObject({ fileKind: "symlink", expiresAt: null, isExpiryUnread: true });
  expect(problems).toEqual([expect.stringContaining("is not there")]);
});

test("a file beyond the bound is refused", async () => {
  const text = `{"expiresAt":1795953600,"rest":"`;
  const rest = CREDENTIAL_BYTES_MAX - text.length - 2;
  await writeFile(join(folder, "large"), `${text}${"x".repeat(rest)}"}`);
  expect((await told("large", { expiry })).fact).toMatchObject({ expiresAt: 1_795_953_600_000 });
  await writeFile(join(folder, "large"), `${text}${"x".repeat(rest + 1)}"}`);
  const { fact, problems } = await told("large", { expiry });
  expect(fact).toMatchObject({ expiresAt: null, isExpiryUnread: true });
  expect(problems).toEqual([expect.stringContaining("larger than 64 KiB")]);
});

test.each([
  [{ expiry, refresh: "self" }, true],
  [{ expiry }, undefined],
  [{ expiry, refresh: "never" }, undefined],
  [{ refresh: "self" }, true],
] as const)("what %j declares is told, whether it can be read or not: %s", async (spec, refreshes) => {
  await writeFile(join(folder, "plain"), `{"expiresAt":1795953600}`);
  for (const name of ["plain", "none"]) {
    const { fact } = await told(name, spec);
    expect(fact?.kind === "credential" && fact.refreshes, name).toBe(refreshes);
  }
});
