// Attempts by a yes in advance: one that was used as often as it may be, one that says something else than was signed, one for something else.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import type { SignedStanding } from "@countersign/shared/wire/standing";
import { type Attacker, type Minted, signProposal, signStanding, standingText } from "./attacker.ts";
import { type Attempt, withAct } from "./attempt.ts";

const HOUR_MS = 3_600_000;

const give = async (attacker: Attacker, act: Minted, standing: SignedStanding) =>
  attacker.grant(await attacker.seal(act, { standing }));

/** While one person's passkey is enough. */
export const ATTEMPTS_ON_STANDING: readonly Attempt[] = [
  withAct("standing over its count", "standing-used-up", (a, { spent }, act) => give(a, act, spent.standing)),
  withAct("standing altered: more uses than were signed", "signature-wrong", (a, { spent }, act) => {
    const content = encodeBase64(encodeUtf8(spent.text.replace('"usesMax":1', '"usesMax":9')));
    return give(a, act, { ...spent.standing, content });
  }),
  withAct("standing altered: counted anew under another nonce", "signature-wrong", (a, { spent }, act) => {
    const text = standingText(a.hostId);
    return give(a, act, { ...spent.standing, content: encodeBase64(encodeUtf8(text)) });
  }),
  withAct("standing forged: sealed by the desk's key alone", "credential-unknown", async (a, p, act) =>
    give(a, act, await signStanding(p.stranger, standingText(a.hostId))),
  ),
  withAct("standing cross-host: for another host", "standing-mismatch", async (a, p, act) =>
    give(a, act, await signStanding(p.operator, standingText(`host_${"0".repeat(32)}`))),
  ),
  withAct("standing cross-action: for another act", "standing-mismatch", async (a, p, act) =>
    give(a, act, await signStanding(p.operator, standingText(a.hostId, { action: "reload" }))),
  ),
  withAct("standing over its time", "standing-over", async (a, p, act) => {
    const times = { givenAt: Date.now() - 2 * HOUR_MS, untilAt: Date.now() - HOUR_MS };
    return give(a, act, await signStanding(p.operator, standingText(a.hostId, times)));
  }),
  withAct("standing given in another's name", "standing-mismatch", async (a, p, act) =>
    give(a, act, await signStanding(p.operator, standingText(a.hostId, { givenBy: "deputy" }))),
  ),
  withAct("confusion: a yes to an act as one in advance", "signature-wrong", async (a, p, act) => {
    const content = encodeBase64(encodeUtf8(standingText(a.hostId)));
    return give(a, act, { content, signatures: [await signProposal(p.operator, act)] });
  }),
];
