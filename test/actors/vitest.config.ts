// Tests inside workerd, with the bindings of wrangler.toml and keys made for the run. Time is the test's where it matters: only Date
// is faked, and only ahead of the real clock, because the runtime's own alarms and keepalive timestamps keep real time.
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { PATIENT } from "../patience.ts";

const projectRoot = decodeURIComponent(new URL("../../", import.meta.url).pathname);
const deskKey = await generateKeyPair();

export default defineConfig({
  plugins: [
    cloudflareTest({
      main: `${projectRoot}control-plane/src/worker.ts`,
      wrangler: { configPath: `${projectRoot}wrangler.toml` },
      miniflare: {
        cf: false,
        // As the embedded control plane has one; a test of production takes it away.
        serviceBindings: { TERMINAL: () => new Response(null, { status: 204 }) },
        bindings: {
          PUBLIC_URL: "https://desk.test",
          DESK_PRIVATE_KEY: deskKey.privateKey,
          DESK_PUBLIC_KEY: deskKey.publicKey,
          ADMIN_TOKEN: "an-admin-token-of-the-tests-0123456789",
          CHANNEL_WEBHOOK: "whsec_dGVzdC1zZWNyZXQtb2YtYXQtbGVhc3QtMTYtYnl0ZXM=",
          CHANNEL_HERS: "R03E5KDPTEST0000000000000000AAAA",
          CHANNEL_HIS: "R03E5KDPTEST0000000000000000BBBB",
          CHANNEL_DUTY_HOOK: "a-secret-of-a-subscription",
          MIGRATIONS: await readD1Migrations(`${projectRoot}control-plane/migrations`),
        },
      },
    }),
  ],
  test: {
    name: "actors",
    include: ["**/*.test.ts"],
    globalSetup: ["./probe-port.ts", "./provider-ports.ts"],
    setupFiles: ["./set-up.ts"],
    testTimeout: 60_000,
    expect: { poll: PATIENT },
    // Ending the actors of a test at a bound of hosts is work as the test was.
    hookTimeout: 120_000,
    // One workerd for all files: starting it and reading the Worker anew for each costs as much as the tests. `set-up.ts` leaves no
    // actor, table or clock behind, so no file sees another.
    isolate: false,
    fileParallelism: false,
  },
});
