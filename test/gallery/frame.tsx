// What stands in no room: views that say no.
import { FRAME_REFUSALS } from "../../control-plane/src/web/frame/frame-words.ts";
import { FailureView, NotFoundView, RefusalView } from "../../control-plane/src/web/frame/refusal-view.tsx";
import { SignInNeededView } from "../../control-plane/src/web/frame/sign-in-needed.tsx";
import { signInOptions } from "../../control-plane/src/web/frame/sign-in-offer.ts";
import { ALICE, type ShownState } from "./shown-state.ts";

const OFFER = { challenge: "a-challenge", options: signInOptions("a-challenge", "localhost") };
const TELEGRAM = { app: "Telegram", address: "https://desk.countersign.dev/approvals/apr_nginx" };

export const states: readonly ShownState[] = [
  { name: "frame-not-signed-in", view: <SignInNeededView offer={null} inApp={null} /> },
  { name: "frame-sign-in-by-passkey", view: <SignInNeededView offer={OFFER} inApp={null} /> },
  { name: "frame-sign-in-in-telegram", view: <SignInNeededView offer={OFFER} inApp={TELEGRAM} isAsked /> },
  { name: "frame-not-found", view: <NotFoundView frame={ALICE} /> },
  { name: "frame-failure", view: <FailureView /> },
  {
    name: "frame-turned-away",
    view: <RefusalView frame={null} words={FRAME_REFUSALS["too-many-attempts"]} backPath={null} />,
  },
  {
    name: "frame-refusal",
    view: (
      <RefusalView frame={ALICE} words={FRAME_REFUSALS["csrf-expired"]} backPath="/approvals/apr_nginx" />
    ),
  },
];
