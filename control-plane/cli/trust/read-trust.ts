// What the `countersign trust` commands read: the versions that the desk hands out, each verified from the one before, and files. What a reader would
// get wrong: whether the first version is the right one is not known here. Its words say that, compared with those on a host.
import { readFileSync } from "node:fs";
import type * as z from "zod";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { type KnownTrust, readSignedTrust, verifyNextTrust } from "@countersign/shared/wire/trust-chain";
import { readBounded, refusalText } from "../../replay/file/written-file.ts";
import type { BodyOf } from "../../src/api/table/route.ts";
import type { RouteOf } from "../../src/api/table/routes.ts";
import type { Output } from "../desk.ts";

/** What the desk hands out. */
export type ShownTrust = BodyOf<RouteOf<"GET /v1/admin/trust">>;

export const NOBODY =
  "Nobody has a passkey yet: a signed-in person makes the first one on the desk, at /passkey.";

/** A version, and who signed it. */
export interface Verified {
  readonly known: KnownTrust;
  readonly signedBy: readonly string[];
}

/** The versions, each verified from the one before; says what is wrong and gives null when one does not follow. */
export async function verified(
  { party, versions }: ShownTrust,
  output: Output,
): Promise<readonly Verified[] | null> {
  const chain: Verified[] = [];
  for (const signed of versions) {
    const before = chain.at(-1)?.known;
    const read = await readAfter(before, signed, party);
    if (!read.ok) {
      output.complain(
        `The control plane hands out a trust that does not hold (after version ${before?.trust.version ?? 0}): ${read.error.detail}. No host believes it.`,
      );
      return null;
    }
    const { hash, signers, trust } = read.value;
    chain.push({ known: { hash, trust }, signedBy: [...new Set(signers.map(({ person }) => person))] });
  }
  return chain;
}

/** The first one is only read: whether it is the right one say its words. */
async function readAfter(
  before: KnownTrust | undefined,
  signed: SignedTrust,
  party: ShownTrust["party"],
): ReturnType<typeof verifyNextTrust> {
  if (before !== undefined && party !== null) return verifyNextTrust(before, signed, party);
  const read = readSignedTrust(signed);
  return read.ok ? ok({ ...read.value, signers: [] }) : read;
}

/** Reads a file, or stdin for `-`, as JSON of one shape. */
export function readShaped<T>(
  file: string,
  shape: z.ZodType<T>,
  what: string,
): Result<T, { readonly reason: "file-wrong"; readonly sentence: string }> {
  const text = file === "-" ? ok(readFileSync(0, "utf8")) : readBounded(file);
  if (!text.ok) return refuse({ reason: "file-wrong", sentence: refusalText(text.error) });
  try {
    const read = shape.safeParse(JSON.parse(text.value));
    if (read.success) return ok(read.data);
  } catch {
    // told below, as any other shape
  }
  return refuse({ reason: "file-wrong", sentence: `${file} does not hold ${what}, in JSON.` });
}
