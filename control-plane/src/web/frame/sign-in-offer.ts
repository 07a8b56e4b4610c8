// What a device that is not signed in may be offered beside a link: to sign in by a passkey of the fleet's list. Pure. It says nothing of the fleet but
// that there is such a list.
import { encodeBase64Url } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import type { PasskeyOptions } from "../signing/passkey-form.tsx";

/** A challenge of the desk, good once, and what the device is asked for to answer it: any passkey that it has for this desk. */
export interface SignInOffer {
  readonly challenge: string;
  readonly options: PasskeyOptions;
}

/** The sheet for a challenge. */
export function signInOptions(challenge: string, rpId: string): PasskeyOptions {
  return {
    challenge: encodeBase64Url(challengeOf("sign-in", encodeUtf8(challenge))),
    rpId,
    allowCredentials: [],
    userVerification: "required",
  };
}
