// What stands in no room: views that say no.
import { FRAME_REFUSALS } from "../../control-plane/src/web/frame/frame-words.ts";
import {
  FailureView,
  NotFoundView,
  RefusalView,
  SignInNeededView,
} from "../../control-plane/src/web/frame/refusal-view.tsx";
import { ALICE, type ShownState } from "./shown-state.ts";

export const states: readonly ShownState[] = [
  { name: "frame-not-signed-in", view: <SignInNeededView /> },
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
