// What a view may load and do, as its content security policy says: no script, no outside resource, no frame. Beside
// itself it may fetch its icon and its manifest (web/home-screen.ts) from this desk alone.
import { STYLE_SOURCE } from "./style.ts";

/** As hono takes it. */
export const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  imgSrc: ["'self'"],
  manifestSrc: ["'self'"],
  styleSrc: [`'${STYLE_SOURCE}'`],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};

/** As the header says it. */
export const VIEW_POLICY = Object.entries(CONTENT_SECURITY_POLICY)
  .map(([name, values]) =>
    [name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), ...values].join(" "),
  )
  .join("; ");
