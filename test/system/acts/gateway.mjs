// A gateway that behaves like OpenClaw's as far as it is watched: one process that answers /health on its port until it is killed.
import { createServer } from "node:http";

createServer((request, response) => {
  response.writeHead(request.url === "/health" ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify({ ok: true, status: "live" }));
}).listen(Number(process.argv[2]), "0.0.0.0");
