// The shapes of the desk, by name. A view carries only those that it uses: `withSymbols` puts them where Layout left room.
// Pure.

/** Each shape, drawn in 16 × 16 with the colour of its text. */
const SYMBOLS = {
  ask: '<path d="M8 .7a7.3 7.3 0 1 1 0 14.6A7.3 7.3 0 0 1 8 .7zM5.2 6h1.7c0-.8.4-1.3 1.1-1.3s1.1.4 1.1 1c0 1.1-1.9 1.2-1.9 3.5h1.6c0-1.5 2-1.7 2-3.6C10.8 4.1 9.6 3.2 8 3.2S5.2 4.2 5.2 6zm1.9 4.6v1.8h1.8v-1.8z" fill-rule="evenodd"/>',
  done: '<path class="l" d="M2.5 8.5 6.5 12.5 13.5 4"/>',
  down: '<path d="M2 1h12a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H2a1 1 0 0 1-1-1V2a1 1 0 0 1 1-1zm3.4 3L4 5.4 6.6 8 4 10.6 5.4 12 8 9.4 10.6 12 12 10.6 9.4 8 12 5.4 10.6 4 8 6.6z" fill-rule="evenodd"/>',
  fail: '<path d="M8 1.3 15.5 14.5H.5zM7.2 6v4.2h1.6V6zm0 5.3V13h1.6v-1.7z" fill-rule="evenodd"/>',
  ice: '<path class="l" d="M8 1v14M2 4.5l12 7M2 11.5l12-7M5.8 2.2 8 4l2.2-1.8M5.8 13.8 8 12l2.2 1.8"/>',
  loop: '<path class="l" d="M13.5 8A5.5 5.5 0 1 1 11.5 3.8M12.2 1v3.3H8.9"/>',
  mark: '<path class="l" d="M2.4 3.6a2 2 0 0 1 2-2h7.2a2 2 0 0 1 2 2v7.2M5.6 5.6h7.2a1.6 1.6 0 0 1 1.6 1.6v5.6a1.6 1.6 0 0 1-1.6 1.6H5.6A1.6 1.6 0 0 1 4 12.8V7.2a1.6 1.6 0 0 1 1.6-1.6zM6.6 10l2 2 3.4-4"/>',
  mute: '<path d="M8 1a4.5 4.5 0 0 0-4.5 4.5c0 4-1.8 5-1.8 6.5h12.6c0-1.5-1.8-2.5-1.8-6.5A4.5 4.5 0 0 0 8 1z" opacity=".45"/><path class="l" d="M1.5 1.5l13 13"/>',
  ring: '<path d="M8 1a4.5 4.5 0 0 0-4.5 4.5c0 4-1.8 5-1.8 6.5h12.6c0-1.5-1.8-2.5-1.8-6.5A4.5 4.5 0 0 0 8 1zM6 13a2 2 0 0 0 4 0z"/>',
  run: '<path class="l" d="M8 2a6 6 0 1 1-6 6"/>',
  todo: '<circle class="l" cx="8" cy="8" r="6" stroke-dasharray="2.6 2.6"/>',
  took: '<circle cx="8" cy="4.5" r="3.5"/><path d="M1 15c0-4 3-6 7-6s7 2 7 6z"/>',
  well: '<circle cx="8" cy="8" r="5"/>',
} as const;

export type IconName = keyof typeof SYMBOLS;

/** Where Layout leaves room for the shapes of a view. */
const ROOM = '<svg class="vh" aria-hidden="true" data-symbols="true"></svg>';

/** A shape that adds nothing to the words beside it. */
export function Icon(props: {
  readonly name: IconName;
  readonly isTurning?: boolean;
  readonly tone?: string;
}) {
  const classes = ["i", ...(props.isTurning === true ? ["turn"] : []), ...(props.tone ? [props.tone] : [])];
  return (
    <svg class={classes.join(" ")} aria-hidden="true">
      <use href={`#${props.name}`} />
    </svg>
  );
}

/** Room for the shapes, once in a view. */
export function SymbolRoom() {
  return <svg class="vh" aria-hidden="true" data-symbols="true"></svg>;
}

/** The view with the shapes that it uses, each once. No text of a host can be such markup: quotes in it are escaped. */
export function withSymbols(markup: string): string {
  const used = new Set([...markup.matchAll(/<use href="#([a-z]+)"/g)].map(([, name]) => name));
  const symbols = Object.entries(SYMBOLS)
    .filter(([name]) => used.has(name))
    .map(([name, shape]) => `<symbol id="${name}" viewBox="0 0 16 16">${shape}</symbol>`);
  const drawn = `<svg class="vh" aria-hidden="true">${symbols.join("")}</svg>`;
  return markup.replace(ROOM, () => (symbols.length === 0 ? "" : drawn));
}
