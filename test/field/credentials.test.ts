// Credential files as tools leave them on a host, read as the agent reads them: `readings.json` says what each declared
// expiry must give, or why it is refused. Names, shapes and units are those of the tools; every secret is a fake, and none
// may be in a sentence.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CredentialSpec } from "@countersign/shared/host/evidence-spec";
import { readCredential } from "../../edge-agent/src/evidence/read-credential.ts";

interface Reading {
  readonly file: string;
  readonly expiry?: unknown;
  readonly refresh?: string;
  /** what must be read, to the second */
  readonly expiresAt?: string;
  /** words of the sentence that says why it is refused */
  readonly refused?: string;
  readonly renews?: true;
  readonly why: string;
}

const folder = join(import.meta.dirname, "credentials");
const readings = JSON.parse(readFileSync(join(folder, "readings.json"), "utf8")) as readonly Reading[];

/** Texts of a file that stand in quotes or alone on a line, long enough to be a secret. */
function secretsOf(file: string): readonly string[] {
  const text = readFileSync(join(folder, file), "latin1");
  return [...text.matchAll(/"((?:fake|eyJ)[^"]*)"|^(\S{20,})$/gm)].flatMap(
    ([, quoted, line]) => quoted ?? line ?? [],
  );
}

test.each(readings)("$file $expiry: $why", async ({ file, expiry, refresh, expiresAt, refused, renews }) => {
  const spec = CredentialSpec.parse({ name: "key", path: join(folder, file), expiry, refresh });
  const { states, problems, remedies } = await readCredential(spec, "web");
  const [fact] = states;
  if (fact?.kind !== "credential") throw new Error("no fact about the credential");
  const second = fact.expiresAt === null ? undefined : new Date(Math.floor(fact.expiresAt / 1e3) * 1e3);
  expect(second?.toISOString().replace(".000Z", "Z"), problems.join()).toBe(expiresAt);
  expect(fact.isExpiryUnread).toBe(refused === undefined ? undefined : true);
  expect(fact.refreshes).toBe(renews);
  expect(problems).toEqual(refused === undefined ? [] : [expect.stringContaining(refused)]);
  expect(remedies).toEqual([]);
  const told = JSON.stringify([fact, problems]);
  for (const secret of secretsOf(file)) expect(told).not.toContain(secret);
});

test("each file has a reading", () => {
  const files = readdirSync(folder).filter((name) => name !== "readings.json");
  expect(new Set(readings.map(({ file }) => file))).toEqual(new Set(files));
});
