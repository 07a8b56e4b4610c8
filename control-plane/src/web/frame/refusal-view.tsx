// Views that say no: not found, an act that did nothing, and our own failure. Pure.
import { Layout, type Frame } from "./layout.tsx";
import type { RefusalWords } from "./refusals.ts";

/** An act did nothing; why, and where to look. */
export function RefusalView(props: {
  readonly frame: Frame | null;
  readonly words: RefusalWords;
  readonly backPath: string | null;
  /** of the way back */
  readonly backWords?: string;
}) {
  const { backWords = "Look at it as it is now" } = props;
  const [, title, sentence] = props.words;
  return (
    <Layout title={title} frame={props.frame}>
      <h1>{title}</h1>
      <p class="say no" role="alert">
        {sentence}
      </p>
      {props.backPath !== null && (
        <p>
          <a href={props.backPath}>{backWords}</a>
        </p>
      )}
    </Layout>
  );
}

/** No such view. */
export function NotFoundView({ frame }: { readonly frame: Frame | null }) {
  return (
    <Layout title="Not found" frame={frame}>
      <h1>There is nothing here</h1>
      <p>The address is not one of this desk's. A link may have been cut off on its way to you.</p>
      <p>
        <a href="/">Go to the desk</a>
      </p>
    </Layout>
  );
}

/** We failed; what the person may rely on. */
export function FailureView() {
  return (
    <Layout title="Failed" frame={null}>
      <h1>The desk could not answer</h1>
      <p class="say no" role="alert">
        Something failed on our side. If you were answering a request, open it again: it shows whether your
        answer was taken. Answering twice is safe, a request is executed at most once.
      </p>
      <p>
        <a href="/">Go to the desk</a>
      </p>
    </Layout>
  );
}
