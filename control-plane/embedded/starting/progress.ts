// Progress while something starts: one line per step, rewritten with a spinner on a terminal, plain lines elsewhere. On stderr, since
// stdout belongs to results.
const SPIN_MS = 120;

/** Shows a step until the promise settles; the word at its end says how. `note` changes what is shown meanwhile. */
export async function showStep<T>(
  title: string,
  work: (note: (text: string) => void) => Promise<T>,
): Promise<T> {
  const isTerminal = process.stderr.isTTY === true && process.env.TERM !== "dumb";
  const startedAt = Date.now();
  const elapsed = () => `${((Date.now() - startedAt) / 1_000).toFixed(1)}s`;
  let detail = "";
  let frame = 0;
  const draw = () => {
    frame += 1;
    process.stderr.write(
      `\r\x1b[K${"|/-\\"[frame % 4]} ${title}${detail === "" ? "" : `: ${detail}`} ${elapsed()}`,
    );
  };
  const timer = isTerminal ? setInterval(draw, SPIN_MS) : undefined;
  if (!isTerminal) process.stderr.write(`  ${title} …\n`);
  const end = (mark: string) => {
    clearInterval(timer);
    process.stderr.write(`${isTerminal ? "\r\x1b[K" : ""}${mark} ${title} (${elapsed()})\n`);
  };
  const note = (text: string) => {
    detail = text;
    if (!isTerminal) process.stderr.write(`    ${text}\n`);
  };
  try {
    const value = await work(note);
    end("✓");
    return value;
  } catch (error) {
    end("✗");
    throw error;
  }
}
