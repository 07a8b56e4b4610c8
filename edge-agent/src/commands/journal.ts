// `countersign-agent journal`: the helper that may read every log, started by systemd for one question and gone after it. It reads a service's
// name from its socket, looks the unit up in root's catalogue, asks the journal, and answers what is left after redaction. Raw lines never leave
// this process. Whatever is wrong is a line on stderr and an empty answer: nobody waits for a log.
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import type { Catalogue, ServiceSpec } from "@countersign/shared/host/catalogue";
import { redactedLines } from "@countersign/shared/values/redaction";
import type { WordsRead } from "@countersign/shared/wire/last-words";
import { boundedLines } from "../core/words/bounded-lines.ts";
import { NO_WORDS, parseQuestion, QUESTION_BYTES_MAX } from "../core/words/journal-answer.ts";
import { journalArgv, parseJournal } from "../core/words/journal.ts";
import { valuesIn } from "../core/words/known-values.ts";
import { describeFailure, EXIT } from "../failure.ts";
import { loadCatalogue } from "../files/load-catalogue.ts";
import { pathsOf } from "../paths.ts";
import type { Print } from "./print.ts";

const QUESTION_TIMEOUT_MS = 3_000;
const TOOL_TIMEOUT_MS = 6_000;
const OUTPUT_BYTES_MAX = 2 * 1024 * 1024;
const CREDENTIAL_BYTES_MAX = 16 * 1024;

/** Answers one question; returns the exit code. */
export async function runJournal(
  { input, output, print }: { readonly input: Readable; readonly output: Writable; readonly print: Print },
  catalogueFile = pathsOf().catalogue,
): Promise<number> {
  const answer = await answerTo(await readQuestion(input), catalogueFile, print);
  await new Promise<void>((resolve) => output.end(`${JSON.stringify(answer)}\n`, () => resolve()));
  return EXIT.ok;
}

async function answerTo(question: string, catalogueFile: string, print: Print): Promise<WordsRead> {
  try {
    const name = parseQuestion(question);
    if (!name.ok) throw new Error("Read the question: it is not the name of a service");
    const catalogue = await loadCatalogue(catalogueFile, "system");
    if (!catalogue.ok) throw new Error(catalogue.error.sentence);
    const service = serviceIn(catalogue.value, name.value);
    return service === null ? NO_WORDS : await wordsOf(service, print);
  } catch (error) {
    print.error(describeFailure(error));
    return NO_WORDS;
  }
}

/** null: root's catalogue has no such service, or switches its lines off. */
function serviceIn({ services }: Catalogue, name: string): ServiceSpec | null {
  const service = services.find((each) => each.name === name);
  return service === undefined || service.lastWords === false ? null : service;
}

async function wordsOf(service: ServiceSpec, print: Print): Promise<WordsRead> {
  const argv = journalArgv(service, service.user === undefined ? null : await uidOf(service.user));
  if (argv === null) return NO_WORDS;
  const { exit, lines } = parseJournal(await outputOf(argv));
  const known = await knownValues(service, print);
  return { exit, ...boundedLines(redactedLines(lines, known)) };
}

async function uidOf(user: string): Promise<number | null> {
  const uid = Number((await outputOf(["/usr/bin/id", "-u", "--", user])).trim() || Number.NaN);
  return Number.isSafeInteger(uid) ? uid : null;
}

/** What stands in the service's declared credential files, as far as this user may read them. */
async function knownValues({ evidence, name }: ServiceSpec, print: Print): Promise<readonly string[]> {
  const read = (evidence?.credentials ?? []).map(async ({ name: credential, path }) => {
    const text = await readCredential(path);
    if (text === null)
      print.error(
        `The credential ${credential} of ${name} cannot be read here: its value is not looked for.`,
      );
    return text === null ? [] : valuesIn(text);
  });
  return (await Promise.all(read)).flat();
}

async function readCredential(path: string): Promise<string | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (file === null) return null;
  try {
    if (!(await file.stat()).isFile()) return null;
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(CREDENTIAL_BYTES_MAX) });
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    return null;
  } finally {
    await file.close();
  }
}

function outputOf(argv: readonly string[]): Promise<string> {
  const [file = "", ...args] = argv;
  const options = {
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", SYSTEMD_COLORS: "0", SYSTEMD_PAGER: "" },
    timeout: TOOL_TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
    killSignal: "SIGKILL",
  } as const;
  return new Promise((resolve, reject) => {
    execFile(file, args, options, (error, stdout) => {
      if (error === null) resolve(stdout);
      // What it prints is never repeated: it may be lines of a log.
      else reject(new Error(`Run ${file}: it ended with ${error.code ?? error.signal ?? "an error"}`));
    });
  });
}

function readQuestion(input: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const timer = setTimeout(() => resolve(""), QUESTION_TIMEOUT_MS);
    const end = (question: string) => {
      clearTimeout(timer);
      input.pause();
      resolve(question);
    };
    input.setEncoding("utf8");
    input.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > QUESTION_BYTES_MAX) end("");
      else if (text.includes("\n")) end(text);
    });
    input.on("end", () => end(text));
    input.on("error", () => end(""));
  });
}
