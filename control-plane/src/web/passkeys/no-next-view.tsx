// Why there is no next list to sign, in one sentence, and what would do instead. Pure.
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { type Frame, Layout } from "../frame/layout.tsx";
import { peopleCount } from "./change-line.tsx";
import type { NextRefusal } from "./next-asked.ts";

/** The view. */
export function NoNextView(props: {
  readonly frame: Frame;
  readonly why: NextRefusal;
  readonly trust: KnownTrust;
}) {
  const { frame, trust, why } = props;
  const [title, sentence] = wordsOf(why, trust.trust.approvers.length);
  return (
    <Layout title={title} frame={frame} path="/passkey">
      <h1>{title}</h1>
      <p class="say no" role="alert">
        {sentence}
      </p>
      {why.reason === "next-too-few" && (
        <p>
          <a class="btn plain" href={why.mended}>
            Look at it with {peopleCount(why.peopleCount)} demanded at most
          </a>
        </p>
      )}
      <p class="links">
        <a href="/passkey">Back to who may approve</a>
      </p>
    </Layout>
  );
}

function wordsOf(why: NextRefusal, approverCount: number): readonly [title: string, sentence: string] {
  switch (why.reason) {
    case "candidate-unknown":
      return [
        "No longer there",
        "This passkey waits no more: it was let in, withdrawn, or a week has passed.",
      ];
    case "draft-unknown":
      return [
        "No longer there",
        "This list waits no more: it is in force, was forgotten, or another one came before it.",
      ];
    case "next-same":
      return ["Nothing changes", "That is how it is already. Nothing has to be signed."];
    case "next-nobody":
      return [
        "Nobody would be left",
        approverCount === 1
          ? "Without this passkey nobody could approve, nor sign the next list. Add another one first."
          : "Nobody could approve any more, nor sign the next list. Leave somebody in it.",
      ];
    case "next-too-few":
      return [
        "Too few would be left",
        `The list demands more people than would be left: ${why.peopleCount}. Demand fewer with this change, or add somebody first.`,
      ];
    case "next-unreadable":
      return [
        "Not understood",
        "The address of this view asks for no change that could be signed. It may have been cut off.",
      ];
  }
}
