// What `npm start` says, and how it ends: everything that it began is ended in one order, however it ends.

/** Talk goes to stderr; stdout belongs to results. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

type Ending = () => Promise<void> | void;

/** What to end, in this order: the demo host says good-bye while the control plane still lives. */
export const endings: Record<
  "laterTrust" | "demoHost" | "roguePlane" | "controlPlane" | "storyState",
  Ending | null
> = {
  laterTrust: null,
  demoHost: null,
  roguePlane: null,
  controlPlane: null,
  storyState: null,
};
let isUnderWay = false;

/** Says whether everything is being ended already. */
export function isEnding(): boolean {
  return isUnderWay;
}

/** Ends all of it, then the process. */
export async function end(code: number): Promise<never> {
  if (!isUnderWay) {
    isUnderWay = true;
    // One that fails, at once or later, keeps no other from ending.
    for (const ending of Object.values(endings))
      await Promise.resolve()
        .then(() => ending?.())
        .catch((error: unknown) => say(String(error)));
    process.exit(code);
  }
  return new Promise(() => {});
}
