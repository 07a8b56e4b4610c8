// plants: no-restricted-globals
// A channel makes a request and sends nothing.
export const kept = fetch("https://ntfy.sh");
