// What several channels let a policy write: an address, the name of a secret, the word that pages may be read on their way.
import * as z from "zod";
import { CHANNEL_SECRET_NAME } from "./channel-secret.ts";

/** Bindings of the desk itself; nothing of them is for a channel, under no name. */
const OWN_BINDINGS = /^(ADMIN_|DESK_|POLICY$|PUBLIC_URL$)/;

/** An address; any-channel.ts judges it together with the rest of its channel. */
export const AddressText = z.string().max(2_000);

/** The name of the binding that holds a secret. */
export const SecretName = z
  .string()
  .regex(CHANNEL_SECRET_NAME, { error: ({ input }) => secretNameHint(String(input)) });

/** Pages may be read on the way: they go to a private address over plain http. */
export const Insecure = z.boolean().default(false);

function secretNameHint(name: string): string {
  if (OWN_BINDINGS.test(name))
    return "expected a binding that begins with CHANNEL_: this one is the desk's own, and no channel's";
  // Short and with an underscore: a name, and no secret that was written in its place.
  if (/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(name) && name.length <= 32)
    return `only bindings that begin with CHANNEL_ are given to channels: rename the binding ${name} to CHANNEL_${name}`;
  return "expected the name of a binding such as CHANNEL_NTFY_TOKEN, not the secret itself";
}
