// plants: no-restricted-globals
// I/O is an effect.
export const answer = fetch("https://example.invalid");
