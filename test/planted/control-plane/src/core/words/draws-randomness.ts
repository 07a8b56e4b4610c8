// plants: no-restricted-properties
// Randomness comes in as an argument.
export const drawn = Math.random();
