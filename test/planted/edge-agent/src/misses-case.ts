// plants: switch-exhaustiveness-check
// Every member of a union has its case.
export function levelOf(color: "green" | "red"): number {
  switch (color) {
    case "green":
      return 1;
  }
  return 0;
}
