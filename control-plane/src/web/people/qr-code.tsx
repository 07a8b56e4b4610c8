// A text as a QR code that a camera reads from a screen: black on white in light and dark alike, with the quiet zone that
// readers ask for. Pure.
import { encode } from "uqr";

/** ISO/IEC 18004 asks for four modules. */
const QUIET_ZONE = 4;

/** The code, as large as its place lets it be, and no larger than a hand. */
export function QrCode({ text, says }: { readonly text: string; readonly says: string }) {
  const { data, size } = encode(text, { ecc: "M", border: QUIET_ZONE });
  const dark = data.flatMap((row, y) =>
    runsOf(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`),
  );
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={says} shape-rendering="crispEdges">
      <path fill="#fff" d={`M0 0h${size}v${size}h-${size}z`} />
      <path fill="#000" d={dark.join("")} />
    </svg>
  );
}

/** Dark modules that stand side by side: where they begin, and how many. */
function runsOf(row: readonly boolean[]): readonly (readonly [x: number, length: number])[] {
  const runs: [number, number][] = [];
  row.forEach((isDark, x) => {
    const last = runs.at(-1);
    if (isDark && last !== undefined && last[0] + last[1] === x) last[1] += 1;
    else if (isDark) runs.push([x, 1]);
  });
  return runs;
}
