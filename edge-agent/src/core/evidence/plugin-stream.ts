// What comes over the socket of a plugin that systemd has started (plugin-units.ts), and how it is judged: all that the
// plugin wrote to stdout, `head`'s line over its stderr, that stderr, and as the last line how it ended. Only the last line
// decides, and a plugin cannot write after it. Pure.
import { judgePlugin, type Observation, observationOfTimeout } from "./observation.ts";
import { decodeWords } from "./plugin-words.ts";

/** The end of the last line, which systemd has written once the plugin is gone. */
export const PLUGIN_END_MARK = "countersign-end";

const LAST_LINE = new RegExp(`\\n(\\w*) (\\w*) ([\\w-]*) ${PLUGIN_END_MARK}\\n$`);
/** systemd.exec(5): the program is not there, or is none. */
const EXIT_EXEC = 203;
/** systemd.exec(5): what systemd could not prepare has a code from here on. */
const EXIT_PREPARING_MIN = 200;

export interface PluginStream {
  /** the first bytes that came */
  readonly head: Uint8Array;
  /** the last bytes that came; both hold the same where there were few */
  readonly tail: Uint8Array;
  /** how many came in all */
  readonly byteCount: number;
  readonly latencyMs: number;
}

/** The finding of a run that systemd made. `unit`, `errors`: of its place; `timeoutMs`: its limit. */
export function judgePluginStream(
  stream: PluginStream,
  place: { readonly unit: string; readonly errors: string; readonly timeoutMs: number },
): Observation {
  const failed = (summary: string): Observation => ({
    status: "fail",
    summary,
    latencyMs: null,
    class: "other",
  });
  const parts = partsOf(stream, place.errors);
  if (parts === null) return failed("systemd did not say how it ended");
  const { how, status, result, output, errors } = parts;
  if (result === "timeout") return observationOfTimeout(place.timeoutMs);
  if (result === "oom-kill") return failed("ended by the kernel: it used more memory than a plugin may");
  const code = how === "exited" ? Number(status) : null;
  const isSilent = output.length === 0 && errors.length === 0;
  if (isSilent && code === EXIT_EXEC)
    return failed("could not be run: there is no such program, or it may not be executed");
  if (how === "" || (isSilent && code !== null && code >= EXIT_PREPARING_MIN))
    return failed(
      `systemd could not start it (${status || result}): look with \`journalctl -u '${place.unit}@*'\``,
    );
  return judgePlugin({
    code,
    signal: code === null ? status : null,
    output: decodeWords(output),
    errors: decodeWords(errors),
    latencyMs: stream.latencyMs,
  });
}

interface Parts {
  /** `$EXIT_CODE`, `$EXIT_STATUS` and `$SERVICE_RESULT` of systemd.exec(5) */
  readonly how: string;
  readonly status: string;
  readonly result: string;
  readonly output: Uint8Array;
  readonly errors: Uint8Array;
}

function partsOf({ head, tail, byteCount }: PluginStream, errorsPath: string): Parts | null {
  // One character a byte, so that an offset is one of bytes; what is looked for is ASCII.
  const text = new TextDecoder("latin1").decode(tail);
  const last = LAST_LINE.exec(text);
  if (last === null) return null;
  const [, how = "", status = "", result = ""] = last;
  const header = `==> ${errorsPath} <==\n`;
  const headerAt = text.lastIndexOf(header, last.index);
  const outputEnd = headerAt === -1 ? last.index : headerAt;
  const errors = headerAt === -1 ? new Uint8Array() : tail.subarray(headerAt + header.length, last.index);
  return { how, status, result, errors, output: head.subarray(0, byteCount - tail.length + outputEnd) };
}
