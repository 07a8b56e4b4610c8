// The line to one provider: its fake with the faults of a plan, and what came to its person by which page. What a
// reader would get wrong: fakes know nothing of pages; what arrives while a call is answered is that call's, because
// calls reach one provider one after the other.
import type { Channel } from "../../../control-plane/src/channels/any-channel.ts";
import { withFaults } from "../../providers/faults.ts";
import type { Arrived, FakeProvider, ProviderFault } from "../../providers/provider.ts";

/** What came to a person. */
export interface Brought {
  readonly channel: string;
  /** of the page */
  readonly pageKey: string;
  readonly arrived: Arrived;
}

/** One request to a provider, and what went wrong with it; null: nothing. */
export interface Carried {
  readonly channel: string;
  readonly pageKey: string;
  readonly at: number;
  readonly fault: ProviderFault["kind"] | null;
}

export interface LineParts {
  readonly channel: string;
  readonly kind: Channel["kind"];
  readonly provider: FakeProvider;
  readonly now: () => number;
  /** what goes wrong with the next request; null: nothing */
  readonly faultNow?: () => ProviderFault | null;
  /** something came to its person */
  readonly onBrought?: (brought: Brought) => void;
}

/** How often what a fake took comes to its person; absent: once. */
const TIMES_OF: ReadonlyMap<ProviderFault["kind"] | undefined, number> = new Map([
  ["accepted-and-lost", 0],
  ["duplicates", 2],
]);

export class Line {
  readonly channel: string;
  readonly kind: Channel["kind"];
  /** with its faults */
  readonly provider: FakeProvider;
  readonly brought: Brought[] = [];
  readonly carried: Carried[] = [];
  readonly #now: () => number;
  readonly #fake: FakeProvider;
  readonly #onBrought: (brought: Brought) => void;
  #fault: ProviderFault | null = null;
  #isTaken: PromiseWithResolvers<void> = Promise.withResolvers();
  #seen = 0;

  constructor({ channel, faultNow = () => null, kind, now, onBrought = () => {}, provider }: LineParts) {
    this.channel = channel;
    this.kind = kind;
    this.#now = now;
    this.#fake = provider;
    this.#onBrought = onBrought;
    this.provider = withFaults(this.#watched(provider), () => (this.#fault = faultNow()));
  }

  /** What its provider answers; null: nothing, ever. */
  async answers(request: Request, pageKey: string): Promise<Response | null> {
    this.#isTaken = Promise.withResolvers();
    const answered = this.provider.answer(request);
    const fault = this.#fault?.kind ?? null;
    this.carried.push({ channel: this.channel, pageKey, at: this.#now(), fault });
    if (fault === "hangs") return null;
    const response = fault === "taken-without-answer" ? await this.#isTaken.promise : await answered;
    this.#note(pageKey);
    return response ?? null;
  }

  #note(pageKey: string): void {
    // The faulty one makes a list of all that ever came each time that it is asked.
    const { arrived } = this.#fake;
    const times = TIMES_OF.get(this.#fault?.kind) ?? 1;
    for (const one of arrived.slice(this.#seen).flatMap((each) => Array<Arrived>(times).fill(each))) {
      const brought = { channel: this.channel, pageKey, arrived: one };
      this.brought.push(brought);
      this.#onBrought(brought);
    }
    this.#seen = arrived.length;
  }

  /** The fake, which says when it has taken a request also where no answer is let through. */
  #watched(provider: FakeProvider): FakeProvider {
    return {
      answer: async (request) => {
        const response = await provider.answer(request);
        this.#isTaken.resolve();
        return response;
      },
      get arrived() {
        return provider.arrived;
      },
      get ringing() {
        return provider.ringing;
      },
      acknowledge: (handle, ...more) => provider.acknowledge(handle, ...more),
    };
  }
}
