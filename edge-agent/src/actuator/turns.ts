// Turns by name: tasks of one name run one after another, tasks of different names side by side.

export interface Turns {
  readonly take: <T>(name: string, task: () => Promise<T>) => Promise<T>;
}

/** Makes an empty set of queues. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    take: async (name, task) => {
      const before = last.get(name);
      const own = (async () => {
        await before?.catch(() => undefined);
        return task();
      })();
      last.set(name, own);
      try {
        return await own;
      } finally {
        if (last.get(name) === own) last.delete(name);
      }
    },
  };
}
