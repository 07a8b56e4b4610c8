// plants: no-restricted-imports
// A room is handed what it may ask; the way to the actors itself would let a GET act.
import { deskOf } from "../../http/context.ts";

export const planted = [deskOf];
