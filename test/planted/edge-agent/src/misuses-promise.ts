// plants: no-misused-promises
// A condition on a promise is always true.
async function isReady(): Promise<boolean> {
  return await Promise.resolve(false);
}

export function start(): number {
  return isReady() ? 1 : 2;
}
