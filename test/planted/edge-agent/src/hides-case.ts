// plants: switch-exhaustiveness-check
// A default would swallow the member that is added next year.
export function levelOf(color: "green" | "red"): number {
  switch (color) {
    case "green":
      return 1;
    default:
      return 0;
  }
}
