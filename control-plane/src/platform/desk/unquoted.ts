// Words of a provider without the secrets that it was sent: it may quote what it refuses, and its words end in the
// record. Pure. What a reader would get wrong: an answer is read as it came, and only what is said of a refusal is read
// from here: a secret may happen to look like any other part of it.
import { isChannelSecretName } from "../../channels/channel-secret.ts";

/** What is shorter stands in any text. */
const SECRET_CHARS_MIN = 6;

/** A text in which no secret of a channel stands, neither as it is nor as JSON writes it. */
export function withoutSecrets(text: string, bindings: object): string {
  return Object.entries(bindings)
    .filter(([name]) => isChannelSecretName(name))
    .flatMap(([, value]) => (typeof value === "string" ? writingsOf(value) : []))
    .toSorted((left, right) => right.length - left.length)
    .reduce((rest, writing) => rest.replaceAll(writing, "..."), text);
}

function writingsOf(secret: string): readonly string[] {
  if (secret.length < SECRET_CHARS_MIN) return [];
  const inJson = JSON.stringify(secret).slice(1, -1);
  return [secret, inJson, inJson.replaceAll("/", String.raw`\/`), encodeURIComponent(secret)];
}
