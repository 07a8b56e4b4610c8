// GET /healthz: whether this deployment does its work, and if not, why, in words that tell an outsider nothing more. It asks the desk, and
// of each shard only the desk's last word, at most once in ten seconds, from memory in between (each isolate has its own): a watcher
// from outside must not cost anything. What a reader would get wrong: the desk may hang, so waiting for it is bounded.
import type * as z from "zod";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { isSignedBy, signBytes } from "@countersign/shared/wire/signature";
import type { Env } from "../../env.ts";
import { deskOf } from "../../http/context.ts";
import { bounded } from "../../platform/bounded.ts";
import { deskKeyIdOf } from "../../platform/desk/grant-signing.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import { parsePublicUrl } from "../../public-url.ts";
import type { HealthReason as HealthReasonShape } from "../table/door-routes.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";

/** `policy-invalid` and `desk-key-invalid` have their details in the log only. */
type HealthReason = z.infer<typeof HealthReasonShape>;

const KEPT_MS = 10_000;
const DESK_TIMEOUT_MS = 4_000;
/** Whoever asked and was gone before the answer holds nobody up for longer. */
const ASKING_MAX_MS = 5_000;

/** What was found for one configuration: another one is judged anew. */
interface Kept {
  readonly at: number;
  readonly configuration: readonly (string | undefined)[];
  readonly reasons: readonly HealthReason[];
}

// No promise is kept: it would belong to the request that began it, and die with it.
let kept: Kept | null = null;
let askingSinceAt: number | null = null;

/** 200 `{ "status": "ok" }`, or 503 with all reasons. */
export const showHealth: Answer<RouteOf<"GET /healthz">> = async (_asked, c) => {
  const reasons = await reasonsOf(c.env, Date.now());
  return reasons.length === 0 ? reply(200, { status: "ok" }) : reply(503, { status: "failing", reasons });
};

async function reasonsOf(env: Env, now: number): Promise<readonly HealthReason[]> {
  const { POLICY, PUBLIC_URL, DESK_PUBLIC_KEY, DESK_PRIVATE_KEY } = env;
  const configuration = [POLICY, PUBLIC_URL, DESK_PUBLIC_KEY, DESK_PRIVATE_KEY];
  const isSame = kept?.configuration.every((text, index) => text === configuration[index]) === true;
  // Who comes while somebody asks is told what was found last.
  if (
    kept !== null &&
    isSame &&
    (isWithin(kept.at, KEPT_MS, now) || isWithin(askingSinceAt, ASKING_MAX_MS, now))
  )
    return kept.reasons;
  askingSinceAt = now;
  const reasons = await judge(env);
  askingSinceAt = null;
  kept = { at: now, configuration, reasons };
  return reasons;
}

/** A clock that was set back keeps nothing. */
function isWithin(at: number | null, durationMs: number, now: number): boolean {
  return at !== null && now >= at && now - at < durationMs;
}

async function judge(env: Env): Promise<readonly HealthReason[]> {
  const [key, desk] = await Promise.all([judgeKey(env), askDesk(env)]);
  const address = parsePublicUrl(env.PUBLIC_URL).ok ? [] : ["public-url-unusable" as const];
  return [...new Set([...judgePolicy(env), ...key, ...address, ...desk])];
}

function judgePolicy(env: Env): readonly HealthReason[] {
  return unless("policy-invalid", () => void loadPolicy(env.POLICY));
}

/** The two halves of the desk's key belong together. */
async function judgeKey({ DESK_PRIVATE_KEY, DESK_PUBLIC_KEY }: Env): Promise<readonly HealthReason[]> {
  const unreadable = unless("desk-key-invalid", () => void deskKeyIdOf(DESK_PUBLIC_KEY));
  if (unreadable.length > 0) return unreadable;
  try {
    const bytes = encodeUtf8("countersign healthz");
    const signature = await signBytes(DESK_PRIVATE_KEY, bytes);
    return (await isSignedBy(DESK_PUBLIC_KEY, signature, bytes)) ? [] : ["desk-key-invalid"];
  } catch {
    // The error's own text might quote the key.
    console.error("Check configuration: DESK_PRIVATE_KEY cannot sign");
    return ["desk-key-invalid"];
  }
}

async function askDesk(env: Env): Promise<readonly HealthReason[]> {
  try {
    return await bounded(deskOf(env).health(), DESK_TIMEOUT_MS, "Ask the desk's health");
  } catch (error) {
    console.error("Check health:", error);
    return ["desk-unreachable"];
  }
}

function unless(reason: HealthReason, check: () => void): readonly HealthReason[] {
  try {
    check();
    return [];
  } catch (error) {
    console.error("Check configuration:", error instanceof Error ? error.message : error);
    return [reason];
  }
}
