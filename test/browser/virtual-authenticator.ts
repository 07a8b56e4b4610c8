// A phone's passkey as Chromium plays it (https://w3c.github.io/webauthn/#sctn-automation, over CDP): it belongs to one tab, says yes to every sheet
// as long as its owner is "there", and keeps what was made in it.
import type { CDPSession, Page } from "playwright-core";

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
