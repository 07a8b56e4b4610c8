// plants: no-restricted-globals
// A deadline is part of the decision.
export const timer = setTimeout(() => undefined, 1);
