// Reads /proc/PID/stat (proc_pid_stat(5)). Pure.

/** When the process started, in ticks since boot, as a text to compare; null: it is dead. A zombie is: it serves nobody. */
export function processStartIn(stat: string): string | null {
  // The command's name may hold spaces and parentheses: fields count from after the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  return state === "Z" || state === "X" ? null : (fields[19] ?? null);
}
