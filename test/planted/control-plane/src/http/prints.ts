// plants: no-console
// Plain output is no log.
console.log("planted");
