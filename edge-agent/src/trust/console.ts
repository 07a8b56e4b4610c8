// Asks a person at the terminal itself. Standard input may be a token or a script, and nobody must be able to say yes through it.
import { open } from "node:fs/promises";

const ANSWER_BYTES_MAX = 256;

/** Whether somebody typed `yes`; null: this process has no terminal. */
export async function askAtConsole(lines: readonly string[]): Promise<boolean | null> {
  const terminal = await open("/dev/tty", "r+").catch(() => null);
  if (terminal === null) return null;
  try {
    await terminal.write(`${lines.join("\n")}\n`);
    let answer = "";
    while (!answer.includes("\n") && answer.length < ANSWER_BYTES_MAX) {
      const { buffer, bytesRead } = await terminal.read(Buffer.alloc(ANSWER_BYTES_MAX), 0, null, null);
      if (bytesRead === 0) break;
      answer += buffer.subarray(0, bytesRead).toString("utf8");
    }
    return answer.trim().toLowerCase() === "yes";
  } finally {
    await terminal.close();
  }
}
