// Sends one line to the actuator's socket and gives the line that it answers, whatever either says: what whoever controls the agent could do. It imports
// nothing but Node, because its text is run on demo machines too.
import { connect } from "node:net";

const ANSWER_WAIT_MS = 15_000;

/** Asks once, on a connection of its own. */
export function askActuator(socketPath: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let received = "";
    socket.setTimeout(ANSWER_WAIT_MS, () => socket.destroy());
    socket.on("connect", () => socket.write(`${line}\n`));
    // It may be gone before it has read all of a line that is too long; what it had answered counts.
    socket.on("error", () => socket.destroy());
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      received += chunk;
      if (received.includes("\n")) socket.destroy();
    });
    socket.on("close", () => {
      const [answer = ""] = received.split("\n");
      if (answer === "") reject(new Error(`Ask the actuator at ${socketPath}: it gave no answer`));
      else resolve(answer);
    });
  });
}

if (import.meta.main) {
  let line = "";
  for await (const chunk of process.stdin.setEncoding("utf8") as AsyncIterable<string>) line += chunk;
  process.stdout.write(`${await askActuator(process.argv[2] ?? "", line.trim())}\n`);
}
