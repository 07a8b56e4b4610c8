// One runbook, and the list of all: what a page reason means, what to look at, how to tell a false alarm. Pure.
import { Layout, type Frame } from "../frame/layout.tsx";
import { blocksOf, spansOf, type Block } from "./runbook-blocks.ts";

/** One runbook. */
export function RunbookView(props: {
  readonly frame: Frame;
  readonly reason: string;
  readonly markdown: string;
}) {
  return (
    <Layout title={`Runbook ${props.reason}`} frame={props.frame}>
      <p class="soft small">
        <a href="/runbooks">Runbooks</a>
      </p>
      <h1>{props.reason}</h1>
      <div class="prose">
        {blocksOf(props.markdown).map((block) => (
          <BlockOf block={block} />
        ))}
      </div>
    </Layout>
  );
}

/** All runbooks. */
export function RunbookListView(props: { readonly frame: Frame; readonly reasons: readonly string[] }) {
  return (
    <Layout title="Runbooks" frame={props.frame} path="/runbooks">
      <h1>Runbooks</h1>
      <p class="soft">One for each page reason: what it means, what to look at, how to tell a false alarm.</p>
      <ul class="list">
        {props.reasons.map((reason) => (
          <li>
            <a href={`/runbooks/${reason}`}>{reason}</a>
          </li>
        ))}
      </ul>
    </Layout>
  );
}

/** A line with code, bold and links to other runbooks. */
export function Spans({ text }: { readonly text: string }) {
  return (
    <>
      {spansOf(text).map((span) => {
        switch (span.kind) {
          case "text":
            return span.text;
          case "code":
            return <code>{span.text}</code>;
          case "strong":
            return <strong>{span.text}</strong>;
          case "runbook":
            return <a href={`/runbooks/${span.reason ?? ""}`}>{span.text}</a>;
        }
      })}
    </>
  );
}

function BlockOf({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "heading":
      return <h2>{block.text}</h2>;
    case "paragraph":
      return (
        <p>
          <Spans text={block.text} />
        </p>
      );
    case "code":
      return (
        <pre class="mono" tabindex={0}>
          {block.text}
        </pre>
      );
    case "list":
      return <Items block={block} />;
    case "table":
      return <Table block={block} />;
  }
}

function Items({ block }: { readonly block: Extract<Block, { kind: "list" }> }) {
  const items = block.items.map((item) => (
    <li>
      <Spans text={item} />
    </li>
  ));
  return block.isNumbered ? <ol>{items}</ol> : <ul>{items}</ul>;
}

function Table({ block }: { readonly block: Extract<Block, { kind: "table" }> }) {
  return (
    <table>
      <thead>
        <tr>
          {block.head.map((cell) => (
            <th scope="col">
              <Spans text={cell} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {block.rows.map((row) => (
          <tr>
            {row.map((cell) => (
              <td>
                <Spans text={cell} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
