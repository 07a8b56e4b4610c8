// Secrets of channels where the control plane is embedded: the environment variable COUNTERSIGN_SECRET_CHANNEL_X becomes the binding
// CHANNEL_X, and so does the file secrets/CHANNEL_X of the state directory (secret-files.ts). Another name is refused
// by naming the new one: a binding without the prefix is given to no channel. Bindings are given to workerd when it
// starts, so a new secret is seen after a new start.
import { isChannelSecretName } from "../src/channels/channel-secret.ts";
import { Refusal } from "./refusal.ts";
import { readSecretFiles } from "./secret-files.ts";

const PREFIX = "COUNTERSIGN_SECRET_";

/** The bindings that an environment brings. */
export function channelSecretsOf(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const secrets = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith(PREFIX) && value !== undefined ? [[name.slice(PREFIX.length), value] as const] : [],
  );
  for (const [name] of secrets)
    if (!isChannelSecretName(name))
      throw new Refusal(
        `Only bindings that begin with CHANNEL_ are given to channels: rename ${PREFIX}${name} to ${PREFIX}${usableNameOf(name)}, and in the policy too.`,
      );
  return Object.fromEntries(secrets);
}

/** What environment and files bring together; the environment wins, and `say` is told of what stands in both. */
export function boundSecretsOf(
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
  say: (line: string) => void,
): Record<string, string> {
  const files = readSecretFiles(folder);
  const said = channelSecretsOf(environment);
  for (const name of Object.keys(said))
    if (files.has(name))
      say(`${name} is in the environment (${PREFIX}${name}) and in ${folder}: the environment's is used.`);
  return { ...Object.fromEntries(files), ...said };
}

/** The nearest name that is taken: capitals, digits and underscores behind the prefix. */
function usableNameOf(name: string): string {
  const letters = name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, "_");
  return `CHANNEL_${letters.replace(/^CHANNEL_?/, "") || "X"}`.slice(0, 64);
}
