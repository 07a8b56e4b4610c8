// The agent's log: one line per event on stderr, JSON for the journal and plain for a terminal. A state that lasts is said once,
// when it changes: two hundred identical lines tell nobody anything (seed 000). Nothing secret is ever passed in here.

export type LogLevel = "info" | "warning" | "error";

export interface LogEntry {
  readonly level: LogLevel;
  /** a word for machines */
  readonly event: string;
  /** a sentence for people */
  readonly text: string;
  readonly [field: string]: string | number | boolean | null;
}

export interface Log {
  /** something that happened */
  readonly event: (entry: LogEntry) => void;
  /** something that lasts: written only when the text under this topic differs from the last one */
  readonly state: (level: LogLevel, topic: string, text: string) => void;
  /** the end of a bad state; silent where the topic was never bad */
  readonly recovered: (topic: string, text: string) => void;
}

/** Makes a log; `write` gets whole lines with their line feed. */
export function createLog(options: {
  readonly write: (line: string) => void;
  readonly format: "json" | "plain";
  readonly now: () => number;
}): Log {
  const { write, format, now } = options;
  const lastByTopic = new Map<string, { text: string; silentCount: number }>();

  const event: Log["event"] = (entry) => {
    const { level, text } = entry;
    const at = new Date(now()).toISOString();
    write(
      format === "json"
        ? `${JSON.stringify({ at, ...entry })}\n`
        : `${at.slice(11, 19)} ${level === "info" ? "" : `${level}: `}${text}\n`,
    );
  };

  const state: Log["state"] = (level, topic, text) => {
    const last = lastByTopic.get(topic);
    if (last?.text === text) {
      last.silentCount += 1;
      return;
    }
    lastByTopic.set(topic, { text, silentCount: 0 });
    const previousRepeated = last?.silentCount ?? 0;
    event({ level, event: topic, text, ...(previousRepeated === 0 ? {} : { previousRepeated }) });
  };

  return {
    event,
    state,
    recovered: (topic, text) => {
      if (lastByTopic.has(topic)) state("info", topic, text);
    },
  };
}
