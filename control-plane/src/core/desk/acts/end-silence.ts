// A person ends a silence early: what it held back goes out, where it still holds. Pure. It needs no reason: nothing is muted by it.
import { ok, refuse } from "@countersign/shared/values/result";
import { dropSilence } from "../paging/silences.ts";
import type { DeskAct } from "./desk-act.ts";

export interface EndSilence {
  readonly kind: "end-silence";
  readonly silenceId: string;
}

export const endSilence: DeskAct<EndSilence> = {
  kind: "end-silence",
  who: "person",
  needs: "answer",
  refused: "silence-end-refused",
  about: (_state, { silenceId }) => [{ kind: "silence", silenceId }],
  decide(change, context, { act, by }) {
    const silence = change.state.silences.get(act.silenceId);
    if (silence === undefined) return refuse({ reason: "silence-unknown" });
    return ok(dropSilence(change, context, { silence, by }));
  },
};
