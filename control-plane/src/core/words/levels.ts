// The levels of actions, as far as shard and desk must agree on them. Pure.

/** The highest level that may run without a person; above it somebody is always asked. */
export const UNATTENDED_LEVEL_MAX = 3;
