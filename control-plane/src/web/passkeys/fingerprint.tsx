// The eight words of the fleet's trust, to be compared with those that a host shows at its own console. Pure.
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";

/** Four in a row, in the order in which a host says them. */
export function Fingerprint({ hash }: { readonly hash: string }) {
  const words = fingerprintWordsOf(hash);
  return (
    <pre tabindex={0} data-says="fingerprint">
      {`${words.slice(0, 4).join(" ")}\n${words.slice(4).join(" ")}`}
    </pre>
  );
}
