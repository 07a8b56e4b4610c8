// Where the agent has a service's last words from: of the journal helper, already redacted, where this host is installed; in process mode from
// the plain log beside a pid file, where there is one (`web.pid`, `web.log`). Not pure. What cannot be had is nothing, never an error.
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { connect } from "node:net";
import type { ServiceSpec } from "@countersign/shared/host/catalogue";
import { redactedLines } from "@countersign/shared/values/redaction";
import { WordsRead } from "@countersign/shared/wire/last-words";
import { boundedLines } from "../core/words/bounded-lines.ts";
import { ANSWER_BYTES_MAX, JOURNAL_SOCKET, NO_WORDS } from "../core/words/journal-answer.ts";

/** The helper allows itself less. */
const ANSWER_TIMEOUT_MS = 15_000;
const LOG_BYTES_MAX = 16 * 1024;

export type ReadWords = (service: ServiceSpec) => Promise<WordsRead>;

/** Asks the helper by the service's name. */
export function createJournalReader(path = JOURNAL_SOCKET): ReadWords {
  return ({ name }) =>
    new Promise((resolve) => {
      const socket = connect(path);
      let text = "";
      const end = (answer: WordsRead) => {
        socket.destroy();
        resolve(answer);
      };
      socket.setEncoding("utf8");
      socket.setTimeout(ANSWER_TIMEOUT_MS, () => end(NO_WORDS));
      socket.on("connect", () => socket.write(`${name}\n`));
      socket.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > ANSWER_BYTES_MAX) end(NO_WORDS);
      });
      socket.on("error", () => end(NO_WORDS));
      socket.on("end", () => end(parsed(text)));
    });
}

function parsed(text: string): WordsRead {
  try {
    return WordsRead.safeParse(JSON.parse(text)).data ?? NO_WORDS;
  } catch {
    return NO_WORDS;
  }
}

/** Reads the end of the log that stands beside the service's pid file. */
export const readPlainLog: ReadWords = async ({ pidFile }) => {
  if (pidFile?.endsWith(".pid") !== true) return NO_WORDS;
  const path = `${pidFile.slice(0, -".pid".length)}.log`;
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (file === null) return NO_WORDS;
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return NO_WORDS;
    const position = Math.max(0, stats.size - LOG_BYTES_MAX);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(LOG_BYTES_MAX), position });
    const lines = buffer.toString("utf8", 0, bytesRead).split(/\r?\n/);
    // The first one began before what was read.
    const whole = (position === 0 ? lines : lines.slice(1)).filter((line) => line.trim() !== "");
    return { exit: null, ...boundedLines(redactedLines(whole)) };
  } catch {
    return NO_WORDS;
  } finally {
    await file.close();
  }
};
