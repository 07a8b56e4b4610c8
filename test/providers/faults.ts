// A provider that does something wrong as often as a plan says, around any fake. What a reader would get wrong: what was lost or came twice is seen in
// `arrived` of the faulty one alone; the fake within knows nothing of it, and answers as if all were well.
import type { Arrived, FakeProvider, ProviderFault } from "./provider.ts";

/** What goes wrong with a request, counted from 0; null: nothing. */
export type FaultPlan = (request: number) => ProviderFault | null;

/** These in turn, and nothing afterwards. */
export function inTurn(...faults: readonly (ProviderFault | null)[]): FaultPlan {
  return (request) => faults[request] ?? null;
}

/** The same each time. */
export function always(fault: ProviderFault): FaultPlan {
  return () => fault;
}

/** The provider with its faults. */
export function withFaults(provider: FakeProvider, plan: FaultPlan): FakeProvider {
  return new Faulty(provider, plan);
}

class Faulty implements FakeProvider {
  readonly #provider: FakeProvider;
  readonly #plan: FaultPlan;
  /** how often each of the fake's arrivals came to its person, by its place; once, where none is noted */
  readonly #times = new Map<number, number>();
  #requests = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(provider: FakeProvider, plan: FaultPlan) {
    this.#provider = provider;
    this.#plan = plan;
  }

  get arrived(): readonly Arrived[] {
    return this.#provider.arrived.flatMap((one, place) =>
      Array.from<Arrived>({ length: this.#times.get(place) ?? 1 }).fill(one),
    );
  }

  get ringing(): ReadonlySet<string> {
    return new Set([...this.#provider.ringing].filter((handle) => !this.#isLost(handle)));
  }

  async acknowledge(handle: string): Promise<boolean> {
    return !this.#isLost(handle) && this.#provider.acknowledge(handle);
  }

  async answer(request: Request): Promise<Response> {
    const fault = this.#plan(this.#requests++);
    if (fault === null) return this.#answerCounting(request, 1);
    switch (fault.kind) {
      case "too-many":
        return tooMany(fault.retryAfterSeconds);
      case "status":
        return new Response(null, { status: fault.status });
      case "hangs":
        return never();
      case "accepted-and-lost":
        return this.#answerCounting(request, 0);
      case "taken-without-answer":
        await this.#answerCounting(request, 1);
        return never();
      case "duplicates":
        return this.#answerCounting(request, 2);
    }
  }

  /** One after the other, so that it is known what came of which. */
  #answerCounting(request: Request, times: number): Promise<Response> {
    const answered = this.#turn.then(async () => {
      const before = this.#provider.arrived.length;
      const response = await this.#provider.answer(request);
      for (let place = before; place < this.#provider.arrived.length; place += 1)
        this.#times.set(place, times);
      return response;
    });
    this.#turn = answered.catch(() => {});
    return answered;
  }

  #isLost(handle: string): boolean {
    const own = this.#provider.arrived.flatMap((one, place) => (one.handle === handle ? [place] : []));
    return own.length > 0 && own.every((place) => this.#times.get(place) === 0);
  }
}

function tooMany(retryAfterSeconds: number): Response {
  const headers = { "retry-after": String(retryAfterSeconds) };
  return new Response("Too Many Requests", { status: 429, headers });
}

function never(): Promise<never> {
  return new Promise(() => {});
}
