// The person of the story: a phone's browser reduced to fetch and a cookie jar. It uses only what a page shows: it opens links, reads
// the forms out of the HTML and submits them, CSRF token included. It knows no route and no API.

const TIMEOUT_MS = 10_000;

export interface OpenedPage {
  readonly url: string;
  readonly status: number;
  readonly html: string;
}

export interface PageForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface Person {
  readonly open: (url: string) => Promise<OpenedPage>;
  /** submits a form of a page with some fields filled in, and follows where it leads */
  readonly submit: (
    page: OpenedPage,
    form: PageForm,
    filled?: Readonly<Record<string, string>>,
  ) => Promise<OpenedPage>;
}

/** A new device: no cookies. */
export function newPerson(): Person {
  const cookies = new Map<string, string>();

  async function request(url: string, init: RequestInit = {}): Promise<OpenedPage> {
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
    submit: (page, form, filled = {}) => {
      const target = new URL(form.action, page.url);
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

/** The forms of a page with their hidden fields; enough HTML for our own pages, which are well-formed. */
export function formsOf(page: OpenedPage): readonly PageForm[] {
  return [...page.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head = "", body = ""]) => ({
    action: attributeOf(head, "action") ?? page.url,
    fields: Object.fromEntries(
      [...body.matchAll(/<input\b([^>]*)>/g)]
        .filter(([, input = ""]) => attributeOf(input, "type") === "hidden")
        .map(([, input = ""]) => [attributeOf(input, "name") ?? "", attributeOf(input, "value") ?? ""]),
    ),
  }));
}

/** The text of a page as a person reads it. */
export function textOf(page: OpenedPage): string {
  const text = page.html.replaceAll(/<(style|script|head)\b[\s\S]*?<\/\1>/g, " ").replaceAll(/<[^>]+>/g, " ");
  return decodeEntities(text).replaceAll(/\s+/g, " ").trim();
}

/** The words of a page's badges, in order: the first one says how the page's own subject stands. */
export function badgesOf(page: OpenedPage): readonly string[] {
  return [...page.html.matchAll(/<span class="badge[^"]*">([\s\S]*?)<\/span>/g)].map(([, body = ""]) =>
    decodeEntities(body.replaceAll(/<svg\b[\s\S]*?<\/svg>|<[^>]+>/g, "")).trim(),
  );
}

/** The arguments of the `argv` list of an approval page. */
export function argvOf(page: OpenedPage): readonly string[] {
  const list = /<ol\b[^>]*class="[^"]*\bargv\b[^"]*"[^>]*>([\s\S]*?)<\/ol>/.exec(page.html)?.[1] ?? "";
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
