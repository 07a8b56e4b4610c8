// GET /healthz: whether this deployment could do its work at all. It asks no actor and no database: a watcher from outside must not
// cost anything, and an actor that is down is the cron watchdog's matter.
import { deskKeyIdOf } from "../actors/grant-signing.ts";
import { loadPolicy } from "../policy.ts";
import type { Ctx } from "./context.ts";
import { problem } from "./problem.ts";

/** `ok` when policy and key are usable; the reason why not goes to the log only. */
export function showHealth(c: Ctx): Response {
  try {
    loadPolicy(c.env.POLICY);
    deskKeyIdOf(c.env.DESK_PUBLIC_KEY);
  } catch (error) {
    console.error("Check configuration:", error instanceof Error ? error.message : error);
    return problem("misconfigured");
  }
  return c.json({ ok: true, version: c.env.CF_VERSION_METADATA?.id ?? null });
}
