// Stands in for pm2: `resurrect` is its daemon, which runs one application and gives up on one that ends with 78; `restart NAME` asks that daemon.
import { spawn } from "node:child_process";
import { createConnection, createServer } from "node:net";

const SOCKET = "/run/pm2/rpc.sock";
const [verb, name] = process.argv.slice(2);
let app = null;

function start() {
  app = spawn("/opt/countersign/node", ["/opt/acts/gateway.mjs", "18791", "worker"], { stdio: "inherit" });
  app.once("exit", (code) => code !== 78 && start());
}

if (verb === "resurrect") {
  start();
  createServer((asker) => {
    asker.on("error", () => {});
    asker.once("data", () => {
      if (app.exitCode === null) app.kill("SIGKILL");
      else start();
      asker.end("done\n");
    });
  }).listen(SOCKET);
} else if (verb === "restart" && name === "worker") {
  createConnection(SOCKET, function ask() {
    this.end(`${name}\n`);
  }).pipe(process.stdout);
} else process.exit(2);
