// Reads one metric out of Prometheus' text exposition format 0.0.4, as node_exporter's textfile collector and every /metrics page
// write it (prometheus.io/docs/instrumenting/exposition_formats). Pure. Only what a counter needs: values of series, summed up.

/** Text beyond this is not read. */
export const EXPOSITION_BYTES_MAX = 256 * 1024;

const SERIES = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?[0-9]+)?[ \t]*$/;
const LABEL = /([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** Sums all series of a metric whose labels match; null when there is none, or a value or the sum is no count. */
export function sumOfMetric(text: string, metric: string): number | null {
  const brace = metric.indexOf("{");
  const name = brace === -1 ? metric : metric.slice(0, brace);
  const wanted = brace === -1 ? [] : labelsOf(metric.slice(brace + 1, -1));
  let sum: number | null = null;
  for (const line of text.split("\n")) {
    if (!line.startsWith(name)) continue;
    const [, found, labels = "", value = ""] = SERIES.exec(line) ?? [];
    if (found !== name || !hasLabels(labels, wanted)) continue;
    const count = Number(value);
    if (!Number.isFinite(count) || count < 0) return null;
    sum = (sum ?? 0) + count;
  }
  return Number.isFinite(sum) ? sum : null;
}

function labelsOf(text: string): readonly (readonly [string, string])[] {
  return [...text.matchAll(LABEL)].map(([, label = "", value = ""]) => [label, value]);
}

function hasLabels(text: string, wanted: readonly (readonly [string, string])[]): boolean {
  if (wanted.length === 0) return true;
  const labels = new Map(labelsOf(text));
  return wanted.every(([label, value]) => labels.get(label) === value);
}
