// The cron watch: visits the desk and every shard, so that a dropped alarm is armed again, and brings the desk each shard's word. A visit is
// bounded: a shard that hangs is one that did not answer, and holds up nobody else.
import type { Env } from "./env.ts";
import { deskOf, shardOf } from "./http/context.ts";
import { bounded } from "./platform/bounded.ts";

const VISIT_TIMEOUT_MS = 10_000;

/** Throws at the end when somebody did not answer, so that the platform counts the run as failed. */
export async function watchActors(env: Env): Promise<void> {
  const desk = deskOf(env);
  const shards = await desk.shardNames();
  const visits = shards.map((shard) =>
    bounded(shardOf(env, shard).watch(), VISIT_TIMEOUT_MS, `Watch ${shard}`),
  );
  const [watched, ...answers] = await Promise.allSettled([desk.watch(), ...visits]);
  const words = shards.map((shard, index) => {
    const settled = answers[index];
    return { shard, answer: settled?.status === "fulfilled" ? settled.value : null };
  });
  await desk.noteShards(words);
  const failures = [watched, ...answers].flatMap((each) =>
    each.status === "rejected" ? [String(each.reason)] : [],
  );
  if (failures.length > 0)
    throw new Error(`Watch ${shards.length} shards and the desk: ${failures.join("; ")}`);
}
