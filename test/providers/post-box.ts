// The least that a provider is: it takes a POST of JSON `{ to, title, body }` at any path and names it. It is nobody's
// protocol: tests of what stands around providers use it, and it shows by hand what a webhook sends.
import type { Arrived, FakeProvider, ProviderClock } from "./provider.ts";

export function postBox(clock: ProviderClock): FakeProvider {
  const arrived: Arrived[] = [];
  const ringing = new Set<string>();
  return {
    arrived,
    ringing,
    async answer(request) {
      if (request.method !== "POST") return new Response(null, { status: 405 });
      const text = await request.text();
      const handle = `post-${arrived.length + 1}`;
      const read = fieldsOf(text);
      arrived.push({
        handle,
        to: read.get("to") ?? new URL(request.url).pathname,
        title: read.get("title") ?? "",
        body: read.get("body") ?? text,
        isLoud: true,
        at: clock.now,
      });
      ringing.add(handle);
      return Response.json({ handle });
    },
    acknowledge: async (handle) => ringing.delete(handle),
  };
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  try {
    const value: unknown = JSON.parse(text);
    return new Map(Object.entries(value ?? {}).map(([name, field]) => [name, String(field)]));
  } catch {
    return new Map();
  }
}
