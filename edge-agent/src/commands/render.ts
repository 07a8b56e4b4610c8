// `countersign-agent render sudoers|units`: prints what install would write, for review or for a configuration tool of one's own.
import { renderSudoers } from "../core/actuator/sudoers.ts";
import { renderHostUnits } from "../core/evidence/plugin-units.ts";
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
      const program = { node: INSTALLED_NODE, agent: INSTALLED_AGENT };
      // Without a catalogue they are the units of one that names no plugin and watches nothing in a home.
      const units = catalogue.ok ? renderHostUnits(program, catalogue.value) : renderUnits(program);
      for (const { name, text } of units) print.line(`# --- ${name}\n${text}`);
      return EXIT.ok;
    }
    case "sudoers":
      if (catalogue.ok) print.line(renderSudoers(catalogue.value).trimEnd());
      else print.error(catalogue.error.sentence);
      return catalogue.ok ? EXIT.ok : EXIT.configuration;
  }
}
