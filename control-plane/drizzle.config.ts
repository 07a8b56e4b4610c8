// Migrations are made by `pnpm exec drizzle-kit generate --config control-plane/drizzle.config.ts` and applied by wrangler.
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  driver: "d1-http",
  schema: "./control-plane/src/read-side/schema.ts",
  out: "./control-plane/migrations",
});
