// plants: no-restricted-imports
// embedded/ runs the Worker, never the reverse.
import { planted } from "../../embedded/main.ts";

export const kept = [planted];
