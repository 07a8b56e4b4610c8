// plants: no-console
// What must be told is an effect.
console.error("planted");
