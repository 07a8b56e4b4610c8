// plants: no-console
// Only main.ts talks to the person at the terminal.
export function kept(): void {
  console.log("planted");
}
