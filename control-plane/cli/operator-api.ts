// The way from the command line to the operator's API. What it refuses is an answer with a sentence, never a stack; the admin token comes
// from a file, because arguments and the environment of a process can be read by others.
import { readFileSync } from "node:fs";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { parseChannelAddress } from "../src/channels/channel-address.ts";
import { type ApiRefusal, apiOver, type OperatorApi, type Travel } from "./api-calls.ts";

const TIMEOUT_MS = 15_000;
/** A thousand hosts with all that their rules remember are some megabytes. */
const ANSWER_BYTES_MAX = 64 * 1_048_576;

/** Where the control plane is, and the file with its admin token. */
export interface ApiOptions {
  readonly url?: string;
  readonly adminTokenFile?: string;
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
  if (url === undefined) return no("Say where the control plane is: --url https://… (or COUNTERSIGN_URL).");
  if (!address.ok)
    return no(
      `${url} is no address of a control plane: expected https://… , or http:// to this machine or a private address.`,
    );
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
  return ok(apiOver(new URL(url).origin, travelTo(url.replace(/\/$/, ""), token)));
}

function travelTo(base: string, token: string): Travel {
  return async ({ body, method, path }) => {
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: "manual",
      });
      return ok({ status: response.status, text: await textOf(response) });
    } catch (error) {
      const why = error instanceof Error ? (error.cause instanceof Error ? error.cause : error).message : "";
      const sentence = `${new URL(base).origin} does not answer (${why}); nothing is known to have changed.`;
      return refuse({ reason: "not-reachable", sentence, problem: null });
    }
  };
}

/** The text of an answer; throws where it is too long. */
async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > ANSWER_BYTES_MAX) throw new Error(`its answer is longer than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function no(sentence: string): Result<never, ApiRefusal> {
  return refuse({ reason: "options", sentence, problem: null });
}
