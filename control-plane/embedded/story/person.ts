// The person of the story: a phone's browser reduced to fetch and a cookie jar. It uses only what a view shows: it opens links, reads
// the forms out of the HTML and submits them, CSRF token included. It knows no route and no API.

const TIMEOUT_MS = 10_000;

export interface OpenedView {
  readonly url: string;
  readonly status: number;
  readonly html: string;
}

export interface ViewForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  /** what a passkey is to do before it is sent: the options as the view has them; null: nothing */
  readonly passkey: { readonly does: string; readonly options: PasskeyOptions } | null;
}

/** As far as a software authenticator reads them. */
export interface PasskeyOptions {
  /** base64url */
  readonly challenge: string;
}

export interface Person {
  readonly open: (url: string) => Promise<OpenedView>;
  /** submits a form of a view with some fields filled in, and follows where it leads */
  readonly submit: (
    view: OpenedView,
    form: ViewForm,
    filled?: Readonly<Record<string, string>>,
  ) => Promise<OpenedView>;
}

/** A new device: no cookies. */
export function newPerson(): Person {
  const cookies = new Map<string, string>();

  async function request(url: string, init: RequestInit = {}): Promise<OpenedView> {
    const headers = new Headers(init.headers);
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    headers.set("accept", "text/html");
    const response = await fetch(url, {
      ...init,
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    for (const line of response.headers.getSetCookie()) keepCookie(cookies, line);
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location !== null)
      return request(new URL(location, url).href);
    return { url, status: response.status, html: await response.text() };
  }

  return {
    open: (url) => request(url),
    submit: (view, form, filled = {}) => {
      const target = new URL(form.action, view.url);
      return request(target.href, {
        method: "POST",
        // what a browser sends with a form
        headers: {
          origin: target.origin,
          "sec-fetch-site": "same-origin",
          "content-type": "application/x-www-form-urlencoded",
        },
        body: new URLSearchParams({ ...form.fields, ...filled }).toString(),
      });
    },
  };
}

function keepCookie(cookies: Map<string, string>, line: string): void {
  const [pair = ""] = line.split(";");
  const at = pair.indexOf("=");
  const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  if (value === "" || /max-age=0(?:;|$)/i.test(line)) cookies.delete(name);
  else cookies.set(name, value);
}

/** The forms of a view with their hidden fields; enough HTML for our own views, which are well-formed. */
export function formsOf(view: OpenedView): readonly ViewForm[] {
  return [...view.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head = "", body = ""]) => ({
    action: attributeOf(head, "action") ?? view.url,
    fields: Object.fromEntries(
      [...body.matchAll(/<input\b([^>]*)>/g)]
        .filter(([, input = ""]) => attributeOf(input, "type") === "hidden")
        .map(([, input = ""]) => [attributeOf(input, "name") ?? "", attributeOf(input, "value") ?? ""]),
    ),
    passkey: passkeyOf(head),
  }));
}

function passkeyOf(head: string): ViewForm["passkey"] {
  const does = attributeOf(head, "data-passkey");
  const options = attributeOf(head, "data-options");
  return does === null || options === null ? null : { does, options: JSON.parse(options) as PasskeyOptions };
}

/** The text of the part of a view that says this (`data-says`), as a person reads it; null: no part does. */
export function saidOf(view: OpenedView, says: string): string | null {
  const [, , text = null] =
    new RegExp(`<(\\w+)\\b[^>]*\\bdata-says="${says}"[^>]*>([\\s\\S]*?)</\\1>`).exec(view.html) ?? [];
  return text === null
    ? null
    : decodeEntities(text.replaceAll(/<[^>]+>/g, " "))
        .replaceAll(/\s+/g, " ")
        .trim();
}

/** The text of a view as a person reads it. */
export function textOf(view: OpenedView): string {
  const text = view.html.replaceAll(/<(style|script|head)\b[\s\S]*?<\/\1>/g, " ").replaceAll(/<[^>]+>/g, " ");
  return decodeEntities(text).replaceAll(/\s+/g, " ").trim();
}

/** The words of a view's states, in order: the first one says how the view's own subject stands. */
export function badgesOf(view: OpenedView): readonly string[] {
  return [
    ...view.html.matchAll(/<span class="st\b[^"]*" data-state="[^"]*">([\s\S]*?)<\/span>\s*<\/span>/g),
  ].map(([, body = ""]) => decodeEntities(body.replaceAll(/<svg\b[\s\S]*?<\/svg>|<[^>]+>/g, "")).trim());
}

/** The arguments of the `argv` list of an approval view. */
export function argvOf(view: OpenedView): readonly string[] {
  const list = /<ol\b[^>]*class="[^"]*\bargv\b[^"]*"[^>]*>([\s\S]*?)<\/ol>/.exec(view.html)?.[1] ?? "";
  return [...list.matchAll(/<li\b[^>]*>([\s\S]*?)<\/li>/g)].map(([, item = ""]) =>
    decodeEntities(item.replaceAll(/<[^>]+>/g, "")).trim(),
  );
}

function attributeOf(tag: string, name: string): string | null {
  const match = new RegExp(`\\b${name}="([^"]*)"`).exec(tag);
  return match === null ? null : decodeEntities(match[1] ?? "");
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", " "],
]);

function decodeEntities(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9a-f]+)|#([0-9]+)|([a-z]+));/gi,
    (whole, ...groups: (string | undefined)[]) => {
      const [hex, decimal, name = ""] = groups;
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      return ENTITIES.get(name) ?? whole;
    },
  );
}
