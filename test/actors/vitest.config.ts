// Tests inside workerd. Filled in by the actors' layer.
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "actors", include: ["test/actors/**/*.test.ts"] } });
