// How a question stands at the tap, as the desk says it to the script (GET /approvals/:id/current) and the script reads it. Types alone, so that
// both sides mean the same.

/** What is signed now, or why nothing is. */
export type Current =
  | {
      readonly state: "open";
      readonly approvalId: string;
      readonly proposalHash: string;
      /** the hash of what a person reads of it */
      readonly read: string;
      /** the sentence that says what reads otherwise than on the view that asked; empty: nothing does */
      readonly changed: string;
      /** what the sheet is opened with */
      readonly options: Readonly<Record<string, unknown>>;
      /** where the form goes, and the token for exactly that */
      readonly action: string;
      readonly token: string;
      /** where it is read as it is now */
      readonly next: string;
    }
  | { readonly state: "closed"; readonly says: string; readonly next: string };
