// The words that the desk cannot do without, each in a sentence, and what code and commands call it. Pure.
import { Layout, type Frame } from "../frame/layout.tsx";

interface Word {
  readonly word: string;
  readonly means: string;
  /** in rules, commands and the API; absent: the same */
  readonly elsewhere?: string;
}

const WORDS: readonly Word[] = [
  { word: "Desk", means: "This place: it watches the hosts, pages people, and gives permissions." },
  { word: "Host", means: "A machine that is watched, with one agent on it." },
  { word: "Service", means: "One thing on a host that people care about." },
  { word: "Check", means: "One way to see whether a service works, tried again and again." },
  {
    word: "Well, failing, down, not known",
    means: "All checks pass; a check says no; it does not speak or does not run; nobody can tell just now.",
  },
  {
    word: "Incident",
    means:
      "One thing that is wrong and that somebody must deal with. It may hold several findings, and be wide: the same on many hosts.",
  },
  { word: "Finding", means: "One thing that a rule has found, about one service, host or part." },
  {
    word: "Page",
    means: "A message that wants one person now (it rings), or quietly adds to what was told (an update).",
  },
  {
    word: "Taken",
    means: "Somebody looks after it, so it does not ring until their time is over.",
    elsewhere: "acknowledged",
  },
  { word: "Question", means: "May this run? It waits for a yes or a no.", elsewhere: "approval" },
  {
    word: "Proposal",
    means: "Exactly what would run, and for which state of the service, as the host itself wrote it down.",
  },
  {
    word: "Yes in advance",
    means: "A yes to one action of one service, for so many times and so long.",
    elsewhere: "standing approval",
  },
  {
    word: "Permission",
    means: "The signed yes that goes to the host, which checks it once more.",
    elsewhere: "grant",
  },
  {
    word: "Must stay well",
    means: "How long it has to be well before it counts as fixed.",
    elsewhere: "verify.stability",
  },
  { word: "By itself", means: "It may run without asking. A restart never may.", elsewhere: "unattended" },
  {
    word: "Freeze",
    means: "Automation is held, on a service, a host or everywhere, until a person lifts it.",
  },
  {
    word: "Silence",
    means: "What it covers is listed and pages nobody. Everything is looked at all the same.",
  },
  { word: "On trial", means: "A rule decides and is written down, and pages nobody.", elsewhere: "shadow" },
  {
    word: "Retired",
    means: "A host that has left for good: it is watched no more, and its key opens nothing.",
  },
  { word: "Rules", means: "What is looked for, who is paged when, what may run.", elsewhere: "policy" },
  { word: "Record", means: "Who did what, and why. Its rows are never changed.", elsewhere: "audit" },
  {
    word: "Level",
    means:
      "How much an action does, as the host's own root has said: 1 looks, 2 tries again, 3 turns to a provider in reserve, 4 restarts, 5 changes to the fallback.",
  },
];

/** The words, in the order in which one meets them. */
export function GlossaryView({ frame }: { readonly frame: Frame }) {
  return (
    <Layout title="Words" frame={frame} path="/runbooks">
      <div>
        <p class="small">
          <a class="tap" href="/runbooks">
            Runbooks
          </a>
        </p>
        <h1>Words of this desk</h1>
        <p class="lead">One word, one meaning. In brackets: what rules, commands and the API call it.</p>
      </div>
      <section class="card">
        <ul class="list">
          {WORDS.map(({ elsewhere, means, word }) => (
            <li>
              <p>
                <b>{word}</b>
                {elsewhere !== undefined && (
                  <span class="soft">
                    {" "}
                    (<code>{elsewhere}</code>)
                  </span>
                )}
              </p>
              <p>{means}</p>
            </li>
          ))}
        </ul>
      </section>
    </Layout>
  );
}
