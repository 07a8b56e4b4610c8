// Where a command's words go; main.ts gives the terminal, a test a list.

export interface Print {
  /** to stdout */
  readonly line: (text: string) => void;
  /** to stderr */
  readonly error: (text: string) => void;
}

/** Writes to this process's own streams. */
export const terminal: Print = {
  line: (text) => {
    process.stdout.write(`${text}\n`);
  },
  error: (text) => {
    process.stderr.write(`${text}\n`);
  },
};
