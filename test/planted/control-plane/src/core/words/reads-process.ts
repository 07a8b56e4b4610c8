// plants: no-restricted-globals
// Settings come in as policy.
export const settings = process.env;
