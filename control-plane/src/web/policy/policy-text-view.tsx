// The text of the rules in force, as it was applied, with the addresses of channels blanked. Pure.
import { Layout, type Frame } from "../frame/layout.tsx";
import { Exact } from "../look/parts.tsx";

/** A view is one request on a bad connection; the whole text is printed by the command. */
const TEXT_CHARS_MAX = 40_000;

/** The text; null: none that is kept can be read. */
export function PolicyTextView(props: {
  readonly frame: Frame;
  readonly version: number;
  readonly text: string | null;
}) {
  const { frame, text, version } = props;
  const isCut = text !== null && text.length > TEXT_CHARS_MAX;
  return (
    <Layout title="Text of the rules" frame={frame} path="/policy">
      <div>
        <p class="small">
          <a class="tap" href="/policy">
            Rules
          </a>
        </p>
        <h1>
          {version === 0 ? "The text that came with this deployment" : `The text of version ${version}`}
        </h1>
        <p class="lead">
          In force now. Secrets are never in it; the addresses of channels are blanked here, since one may be
          as good as a password. <code>countersign policy show</code> prints it whole.
        </p>
      </div>
      {text === null ? (
        <p class="say no" role="alert">
          No version that is kept can be read by the program that runs now.
        </p>
      ) : (
        <pre tabindex={0}>
          {text
            .slice(0, TEXT_CHARS_MAX)
            .split(/\r?\n/)
            .map((line) => (
              <>
                <Exact text={line} />
                {"\n"}
              </>
            ))}
        </pre>
      )}
      {isCut && <p class="small soft">{text.length - TEXT_CHARS_MAX} characters more are not shown.</p>}
    </Layout>
  );
}
