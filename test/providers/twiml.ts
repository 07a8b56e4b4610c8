// Reads a call's document as Twilio does (https://www.twilio.com/docs/voice/twiml), as far as calls of this desk need
// it: well-formed XML 1.0 of <Response>, <Gather> and <Say>. Pure. What a reader would get wrong: it is stricter than
// Twilio, for a verb that is not ours came from a host's text.

/** What a document says; null: it is not well-formed, or holds another verb than <Gather> and <Say>. */
export function saidIn(twiml: string): string | null {
  const open: string[] = [];
  let said = "";
  // oxlint-disable-next-line no-control-regex -- what XML 1.0 cannot hold is what is looked for
  if (/[\0-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF\p{Cs}]/u.test(twiml)) return null;
  for (const [part] of twiml.replace(/^<\?xml [^>]*\?>/, "").matchAll(/<[^>]*>|[^<]+/g)) {
    const [, slash, verb, isEmpty] =
      /^<(\/?)(Response|Gather|Say)(?: [a-zA-Z]+="[^"<]*")*(\/?)>$/.exec(part) ?? [];
    if (verb === undefined && part.startsWith("<")) return null;
    if (verb === undefined) {
      if (part.replaceAll(/&(amp|lt|gt|quot|apos);/g, "").includes("&") || open.at(-1) !== "Say") return null;
      said += `${plainOf(part)} `;
    } else if (slash === "/") {
      if (open.pop() !== verb) return null;
    } else if (isEmpty === "") open.push(verb);
  }
  return open.length === 0 ? said.trim() : null;
}

/** A text or an attribute of a document, without its escapes. */
export function plainOf(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
