// plants: no-restricted-globals
// Time comes in as an argument.
export const startedAt = Date.now();
