// Twilio's signature against the example that Twilio itself gives.
import { expect, it } from "vitest";
import { isTwilioSigned } from "../../../control-plane/src/channels/twilio-signature.ts";

// The example of https://www.twilio.com/docs/usage/webhooks/webhooks-security and of Twilio's own libraries.
const EXAMPLE = [
  ["CallSid", "CA1234567890ABCDE"],
  ["To", "+18005551212"],
  ["Digits", "1234"],
  ["From", "+14158675309"],
  ["Caller", "+14158675309"],
] as const;
it.each([
  ["https://mycompany.com/myapp.php?foo=1&bar=2", true],
  ["https://mycompany.com:8443/myapp.php?foo=1&bar=2", true],
  ["https://mycompany.com/myapp.php?foo=1&bar=3", false],
  ["http://mycompany.com/myapp.php?foo=1&bar=2", false],
])("Twilio's own example, at %s: %s", async (url, isSigned) => {
  const signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
  expect(await isTwilioSigned({ url, parameters: EXAMPLE }, { signature, authToken: "12345" })).toBe(
    isSigned,
  );
});
