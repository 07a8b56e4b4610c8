// plants: no-floating-promises
// A promise that nobody waits for loses its error.
async function save(): Promise<void> {
  await Promise.resolve();
}

export function start(): void {
  save();
}
