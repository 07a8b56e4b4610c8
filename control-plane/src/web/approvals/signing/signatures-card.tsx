// Who has signed a question and who must, where that is more than one's own yes. Pure.
import { Exact } from "../../look/parts.tsx";
import { Age } from "../../look/time.tsx";
import { Card } from "../approval-parts.tsx";
import type { ShownApproval } from "../shown-approval.ts";
import { nameFor } from "../who.ts";
import { signedSoFar } from "./signing-words.ts";

/** Nothing where one person's yes is enough and nobody has given it. */
export function SignaturesCard({ approval, frame, readers, signing }: ShownApproval) {
  if (signing === null || (signing.people === 1 && signing.own.kind === "ready")) return null;
  const { signatures = [] } = approval;
  return (
    <Card id="sign" heading={signing.people === 1 ? "Who signs it" : `${signing.people} people sign it`}>
      <p data-says="signed-so-far">
        <Exact text={signedSoFar(signing, nameFor(readers))} />
      </p>
      {signatures.length > 0 && (
        <ul class="list small">
          {signatures.map(({ at, by, credentialName }) => (
            <li>
              <Exact text={`${nameFor(readers)(by.responder)} by ${credentialName}`} />,{" "}
              <Age at={at} now={frame.now} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
