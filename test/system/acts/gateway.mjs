// A gateway that behaves like OpenClaw's as far as it is watched: one process that answers /healthz and /health on its port until its
// configuration is found wrong, of which it says why, and ends with 78 (EX_CONFIG).
import { createServer } from "node:http";

const [port, name = "gateway"] = process.argv.slice(2);
process.on("SIGUSR2", () => {
  process.stderr.write(`${name}: connect postgres://${name}:hunter2-tulip-Zq@db failed\n`);
  process.stderr.write(`${name}: the configuration is wrong\n`);
  process.exit(78);
});
createServer((request, response) => {
  const isKnown = ["/health", "/healthz"].includes(request.url);
  response.writeHead(isKnown ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify({ ok: true, status: "live" }));
}).listen(Number(port), "0.0.0.0");
