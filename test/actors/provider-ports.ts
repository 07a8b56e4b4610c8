// Runs in Node around the tests: two providers on loopback, one that works and one that hangs until it is let go (`POST
// /let-go`), after which it answers 503 to what waits.
import type { TestProject } from "vitest/node";
import { postBox } from "../providers/post-box.ts";
import { serveProvider } from "../providers/serve.ts";

declare module "vitest" {
  interface ProvidedContext {
    providers: { readonly works: string; readonly hangs: string };
  }
}

/** Says how many wait; each is answered when somebody lets it go. */
function hanging() {
  const waiting: ((response: Response) => void)[] = [];
  return {
    async answer(request: Request): Promise<Response> {
      const { pathname } = new URL(request.url);
      if (pathname === "/waiting") return Response.json(waiting.length);
      if (pathname !== "/let-go") return new Promise((resolve) => void waiting.push(resolve));
      for (const answer of waiting.splice(0)) answer(new Response(null, { status: 503 }));
      return new Response();
    },
  };
}

export default async function serve({ provide }: TestProject): Promise<() => Promise<void>> {
  const works = await serveProvider(postBox({ now: 0 }));
  const hangs = await serveProvider(hanging());
  provide("providers", { works: works.url, hangs: hangs.url });
  return async () => {
    await works.close();
    await hangs.close();
  };
}
