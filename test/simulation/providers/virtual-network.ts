// The network between channels and the fakes of their providers, in the place of `fetch`: each request goes to the fake
// of the channel whose call makes it, and what is given up after so long is given up on the virtual clock. What a
// reader would get wrong: `fetch` and `AbortSignal.timeout` are the whole process's, so only one world is on the line
// at a time, and it must hang up.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Line } from "./line.ts";
import type { WorkingClock } from "./working-clock.ts";

/** One call of the desk. */
export interface Call {
  readonly line: Line;
  /** of the page that it is about */
  readonly key: string;
  /** ends it when its time is over */
  signal: AbortSignal | null;
}

const CALLS = new AsyncLocalStorage<Call>();

/** Does something as one call: whatever it sends goes to the call's provider. */
export function asCall<T>(line: Line, key: string, work: () => Promise<T>): Promise<T> {
  return CALLS.run({ line, key, signal: null }, work);
}

/** Sends a request as the call that is under way. */
export async function sendInCall(request: Request, clock: WorkingClock): Promise<Response> {
  const call = CALLS.getStore();
  if (call === undefined) throw new Error(`Send ${request.url}: nobody is calling`);
  const response = await call.line.answers(request, call.key);
  return response ?? never(call.signal, clock);
}

/** Puts the fakes in the place of the network; the answer takes them away again. */
export function goOnLine(clock: WorkingClock): () => void {
  const [realFetch, realTimeout] = [globalThis.fetch, AbortSignal.timeout.bind(AbortSignal)];
  globalThis.fetch = (input, init) => sendInCall(new Request(input, init), clock);
  AbortSignal.timeout = (durationMs) => {
    const call = CALLS.getStore();
    const ending = new AbortController();
    if (call === undefined) return realTimeout(durationMs);
    call.signal = ending.signal;
    clock.after(durationMs, () => ending.abort(new DOMException("It took too long", "TimeoutError")));
    return ending.signal;
  };
  return () => {
    globalThis.fetch = realFetch;
    AbortSignal.timeout = realTimeout;
  };
}

/** No answer ever comes: the call waits until its own time is over. */
function never(signal: AbortSignal | null, clock: WorkingClock): Promise<never> {
  if (signal === null) throw new Error("Wait for an answer: nothing would ever end the call");
  signal.addEventListener("abort", () => clock.goesOn(), { once: true });
  clock.rests();
  return new Promise(() => {});
}
