// `countersign-agent render sudoers|units`: prints what install would write, for review or for a configuration tool of one's own.
import { watchedPathsOf } from "@countersign/shared/host/catalogue";
import { renderSudoers } from "../core/actuator/sudoers.ts";
import { renderUnits } from "../core/evidence/systemd-units.ts";
import { EXIT } from "../failure.ts";
import { loadCatalogue } from "../files/load-catalogue.ts";
import { type HostPaths, INSTALLED_AGENT, INSTALLED_NODE } from "../paths.ts";
import type { Print } from "./print.ts";

export interface RenderOptions {
  readonly what: "sudoers" | "units";
  readonly paths: HostPaths;
  readonly print: Print;
}

/** Prints the generated text; returns the exit code. */
export async function runRender({ what, paths, print }: RenderOptions): Promise<number> {
  const catalogue = await loadCatalogue(paths.catalogue, paths.mode);
  switch (what) {
    case "units": {
      // Without a catalogue they are the units of one that watches nothing in a home.
      const watched = catalogue.ok ? watchedPathsOf(catalogue.value) : [];
      for (const { name, text } of renderUnits({ node: INSTALLED_NODE, agent: INSTALLED_AGENT }, watched))
        print.line(`# --- ${name}\n${text}`);
      return EXIT.ok;
    }
    case "sudoers":
      if (catalogue.ok) print.line(renderSudoers(catalogue.value).trimEnd());
      else print.error(catalogue.error.sentence);
      return catalogue.ok ? EXIT.ok : EXIT.configuration;
  }
}
