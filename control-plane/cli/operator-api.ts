// The operator's API as the command line uses it. What it refuses is an answer with a sentence, never a stack; the admin token comes
// from a file, because arguments and the environment of a process can be read by others.
import { readFileSync } from "node:fs";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { Problem } from "@countersign/shared/wire/problem";
import { parseChannelAddress } from "../src/channels/channel-address.ts";

const TIMEOUT_MS = 15_000;

/** Where the control plane is, and the file with its admin token. */
export interface ApiOptions {
  readonly url?: string;
  readonly adminTokenFile?: string;
}

export interface ApiRefusal {
  readonly reason: "not-reachable" | "refused" | "options";
  readonly sentence: string;
  /** the problem document, where there is one */
  readonly problem: Readonly<Record<string, unknown>> | null;
}

export interface OperatorApi {
  readonly get: <T>(path: string) => Promise<Result<T, ApiRefusal>>;
  readonly send: <T>(
    method: "PUT" | "POST" | "DELETE",
    path: string,
    body?: object,
  ) => Promise<Result<T, ApiRefusal>>;
}

/** Opens the API by options, or by COUNTERSIGN_URL and COUNTERSIGN_ADMIN_TOKEN_FILE. */
export function openApi(
  options: ApiOptions,
  environment: NodeJS.ProcessEnv,
): Result<OperatorApi, ApiRefusal> {
  const url = options.url ?? environment["COUNTERSIGN_URL"];
  const file = options.adminTokenFile ?? environment["COUNTERSIGN_ADMIN_TOKEN_FILE"];
  // The token goes there: over plain http to this machine or a literal private address only.
  const address = parseChannelAddress(url ?? "", true);
  if (url === undefined || !address.ok)
    return no("Say where the control plane is: --url https://… (or COUNTERSIGN_URL).");
  if (file === undefined)
    return no(
      "Name a file that holds the admin token: --admin-token-file FILE (or COUNTERSIGN_ADMIN_TOKEN_FILE).",
    );
  let token: string;
  try {
    token = readFileSync(file, "utf8").trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return no(`The admin token cannot be read from ${file} (${code}).`);
  }
  if (!/^[\x21-\x7e]{1,512}$/.test(token))
    return no(`${file} does not hold an admin token: it must hold one line and nothing else.`);
  const ask = (method: string, path: string, body?: object) =>
    request(`${url.replace(/\/$/, "")}${path}`, { method, token, body });
  return ok({
    get: async <T>(path: string) => (await ask("GET", path)) as Result<T, ApiRefusal>,
    send: async <T>(method: "PUT" | "POST" | "DELETE", path: string, body?: object) =>
      (await ask(method, path, body)) as Result<T, ApiRefusal>,
  });
}

async function request(
  url: string,
  asked: { readonly method: string; readonly token: string; readonly body: object | undefined },
): Promise<Result<unknown, ApiRefusal>> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: asked.method,
      headers: { authorization: `Bearer ${asked.token}`, "content-type": "application/json" },
      ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: "manual",
    });
    text = await response.text();
  } catch (error) {
    const why = error instanceof Error ? (error.cause instanceof Error ? error.cause : error).message : "";
    const sentence = `${new URL(url).origin} does not answer (${why}); nothing is known to have changed.`;
    return refuse({ reason: "not-reachable", sentence, problem: null });
  }
  const json = parseJson(text);
  if (response.ok && json !== null) return ok(json);
  const problem = Problem.loose().safeParse(json);
  const sentence = problem.success
    ? `${problem.data.title}: ${problem.data.detail}`
    : `${new URL(url).origin} answered ${response.status}, and not as a Countersign control plane does: check --url.`;
  return refuse({ reason: "refused", sentence, problem: problem.success ? problem.data : null });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function no(sentence: string): Result<never, ApiRefusal> {
  return refuse({ reason: "options", sentence, problem: null });
}
