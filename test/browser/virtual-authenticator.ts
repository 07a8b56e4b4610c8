// A phone's passkey as Chromium plays it (https://w3c.github.io/webauthn/#sctn-automation, over CDP): it belongs to one tab, says yes to every sheet
// as long as its owner is "there", and keeps what was made in it.
import type { CDPSession, Page } from "playwright-core";
import type { SoftwareAuthenticator } from "../../control-plane/embedded/story/authenticator.ts";

export interface VirtualAuthenticator {
  readonly cdp: CDPSession;
  readonly authenticatorId: string;
  /** whether its owner lets it look at their finger from now on */
  readonly setVerified: (isVerified: boolean) => Promise<void>;
}

/** Gives a tab one; `isSynced`: what is made in it may be copied to other devices. */
export async function addAuthenticator(
  page: Page,
  { isSynced = false }: { readonly isSynced?: boolean } = {},
): Promise<VirtualAuthenticator> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: isSynced,
      defaultBackupState: isSynced,
    },
  });
  const setVerified = (isUserVerified: boolean) =>
    cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }).then(() => undefined);
  return { cdp, authenticatorId, setVerified };
}

/** Puts a passkey that was made by software into a tab's authenticator; it counts on from where that one is. */
export async function addPasskey(
  { authenticatorId, cdp }: VirtualAuthenticator,
  {
    passkey,
    rpId,
    user,
  }: {
    readonly passkey: SoftwareAuthenticator;
    readonly rpId: string;
    readonly user: string;
  },
): Promise<void> {
  await cdp.send("WebAuthn.addCredential", {
    authenticatorId,
    credential: {
      credentialId: Buffer.from(passkey.credentialId, "base64url").toString("base64"),
      isResidentCredential: true,
      rpId,
      privateKey: await passkey.privateKey(),
      userHandle: Buffer.from(user).toString("base64"),
      signCount: 100,
    },
  });
}

/** Lets another tab of the same phone use what was made in the first. */
export async function shareAuthenticator(
  from: VirtualAuthenticator,
  page: Page,
): Promise<VirtualAuthenticator> {
  const { credentials } = await from.cdp.send("WebAuthn.getCredentials", {
    authenticatorId: from.authenticatorId,
  });
  const isSynced = credentials.some(({ backupEligibility }) => backupEligibility === true);
  const shared = await addAuthenticator(page, { isSynced });
  for (const credential of credentials)
    await shared.cdp.send("WebAuthn.addCredential", { authenticatorId: shared.authenticatorId, credential });
  return shared;
}
