// Looks by name that keep their distance: at most one of a name at a time, and none sooner than the floor after the one before. Who asks
// while one waits or runs gets its answer. So however often a hostile agent asks, each name costs one process a second.
// What a reader would get wrong: no answer is kept. Who asks within the floor waits for a new look, and is never told what was.

export interface SharedLooks<Seen> {
  readonly share: (name: string, look: () => Promise<Seen>) => Promise<Seen>;
}

/** Makes an empty set of looks. Names must be of a bounded list: one number is kept for each. */
export function shareLooks<Seen>(options: {
  readonly now: () => number;
  readonly wait: (durationMs: number) => Promise<void>;
  readonly floorMs: number;
}): SharedLooks<Seen> {
  const { now, wait, floorMs } = options;
  const waiting = new Map<string, Promise<Seen>>();
  const running = new Map<string, Promise<Seen>>();
  const endedAt = new Map<string, number>();
  const lookInTurn = async (name: string, look: () => Promise<Seen>): Promise<Seen> => {
    await running.get(name)?.catch(() => undefined);
    const last = endedAt.get(name);
    if (last !== undefined) {
      const restMs = last + floorMs - now();
      if (restMs > 0) await wait(restMs);
    }
    // From here on it sees what is now: who asks later must not be told this.
    waiting.delete(name);
    const run = look().finally(() => {
      endedAt.set(name, now());
      running.delete(name);
    });
    running.set(name, run);
    return run;
  };
  return {
    share: (name, look) => {
      const shared = waiting.get(name) ?? lookInTurn(name, look);
      if (!waiting.has(name)) waiting.set(name, shared);
      return shared;
    },
  };
}
