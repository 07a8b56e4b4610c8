// The desk's one style sheet, sent inside each view so that a view is one request, and the hash by which the content security policy
// allows exactly it. Phone first; dark and light follow the device; one accent colour; state is told by text and shape first.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";

const SHEET = `
:root{color-scheme:light dark;--bg:#f6f7f7;--card:#fff;--ink:#15191b;--soft:#566066;--line:#d6dcdf;--sunk:#eef1f2;--accent:#0b6b74;--on:#fff;--bad:#a3291c}
@media(prefers-color-scheme:dark){:root{--bg:#101416;--card:#191f22;--ink:#e9eef0;--soft:#a0abb1;--line:#323b40;--sunk:#0b0e10;--accent:#5cc8d1;--on:#06262a;--bad:#ff9d8f}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%;overflow-wrap:anywhere}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.wrap{max-width:46rem;margin:0 auto;padding:0 1rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem}
.top{border-bottom:1px solid var(--line);background:var(--card)}
.top .wrap{display:flex;align-items:center;gap:.25rem 1.1rem;min-height:3rem;flex-wrap:wrap}
.brand{font-weight:650;margin-right:auto;color:var(--ink);text-decoration:none;letter-spacing:-.01em;padding:.7rem 0}
.top nav{display:flex}.top nav a,.top summary{display:inline-block;padding:.7rem 0;margin-left:1rem;text-decoration:none;color:var(--accent);cursor:pointer}
.top nav a[aria-current]{color:var(--ink);box-shadow:inset 0 -2px var(--accent)}
.top details{position:relative}.top details div{position:absolute;right:0;top:100%;z-index:2;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.3rem 1rem .3rem 0;white-space:nowrap;display:grid}
.alarm{background:var(--bad);color:var(--card);padding:.6rem 0;font-weight:600}.alarm a{color:var(--card)}
main{padding:1.1rem 0 1.5rem}
h1{font-size:1.5rem;line-height:1.2;letter-spacing:-.015em;margin:.2rem 0 .5rem}
h2{font-size:.8125rem;letter-spacing:.02em;color:var(--soft);font-weight:600;margin:1.5rem 0 .45rem}
p{margin:.35rem 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.75rem .9rem;margin:.5rem 0}
.card h3{font-size:1.0625rem;margin:0 0 .15rem;line-height:1.3}
.severity{font-weight:600}.soft .severity.bad{color:var(--bad)}.soft{color:var(--soft)}.small{font-size:.875rem}.bad{color:var(--bad)}
.mono,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9375em}
.row{display:flex;flex-wrap:wrap;gap:.1rem .7rem;align-items:baseline;justify-content:space-between}
.start{justify-content:flex-start;align-items:center}.age{white-space:nowrap}.badge{display:inline-flex;align-items:baseline;gap:.4em;font-weight:600}
.badge svg{width:.8em;height:.8em;flex:none;align-self:center}
ul,ol{list-style:none;margin:0;padding:0}
.argv{display:flex;flex-wrap:wrap;gap:.35rem;background:var(--sunk);border:1px solid var(--line);border-left:4px solid var(--accent);border-radius:10px;padding:.7rem;margin:.5rem 0}
.argv li{background:var(--card);border:1px solid var(--line);border-radius:5px;padding:.15rem .45rem;white-space:pre-wrap}
.argv mark,.exact mark{background:var(--bad);color:var(--card);border-radius:3px;padding:0 .25em;font-size:.8em}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.3rem .9rem;margin:0}
.facts dt{color:var(--soft)}.facts dd{margin:0}
.list li{padding:.4rem 0;border-top:1px solid var(--line)}.list li:first-child{border-top:0}
.list time{color:var(--soft);font-size:.875rem}
.say{border-left:4px solid var(--accent);padding:.1rem 0 .1rem .8rem;margin:.7rem 0}.say.no{border-color:var(--bad)}
label{display:block;font-weight:600;margin:.7rem 0 .3rem}
input[type=text],input[type=search],input[type=number],select,textarea{font:inherit;width:100%;padding:.7rem;border:1px solid var(--soft);border-radius:8px;background:var(--card);color:var(--ink)}
input+p{margin-top:.9rem}button,.button{font:inherit;font-weight:650;min-height:3rem;padding:.5rem 1.1rem;border-radius:10px;border:2px solid var(--accent);background:var(--accent);color:var(--on);cursor:pointer;text-decoration:none;display:inline-block;text-align:center}
button.plain,.button.plain{background:transparent;color:var(--ink);border-color:var(--soft)}
button.link{background:none;border:0;padding:.7rem 0;min-height:0;color:var(--accent);font-weight:400;text-decoration:underline}
form.inline{display:inline}
.act{position:sticky;bottom:0;background:var(--card);border-top:1px solid var(--line);padding:.6rem 0 calc(.7rem + env(safe-area-inset-bottom));box-shadow:0 -6px 16px rgb(0 0 0/.06)}
.act p{margin:0 0 .5rem}
.act .two{display:grid;grid-template-columns:1fr 1.7fr;gap:.8rem;align-items:end}
.act button{width:100%;min-height:3.5rem;font-size:1.0625rem}
footer{color:var(--soft);font-size:.875rem;padding:.3rem 0 1.2rem}
pre{background:var(--sunk);border:1px solid var(--line);border-radius:10px;padding:.8rem;white-space:pre-wrap;margin:.6rem 0}
.prose pre{white-space:pre;overflow-x:auto}.prose li{margin:.3rem 0 .3rem 1.1rem;list-style:disc}.prose ol li{list-style:decimal}table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-top:1px solid var(--line)}th{color:var(--soft);font-weight:600;border:0}
.links a{display:inline-block;padding:.35rem 0}
.map{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:0 .9rem}.map a{display:block;padding:.55rem 0}
summary{cursor:pointer;padding:.7rem 0;color:var(--accent)}
.services{display:grid;gap:.1rem .9rem;margin-top:.35rem}
.services .badge:not(.bad){font-weight:400}.services li{display:flex;flex-wrap:wrap;gap:0 .6rem;justify-content:space-between}
@media(min-width:44rem){main{padding-top:1.6rem}h1{font-size:1.75rem}.hosts{display:grid;grid-template-columns:1fr 1fr;gap:0 .8rem;align-items:start}.act .two{grid-template-columns:1fr 1.4fr;max-width:30rem;margin-left:auto}}
@media(forced-colors:active){.argv,.say{border-left-color:CanvasText}}
`;

/** The sheet without its line breaks. */
export const STYLE = SHEET.replaceAll("\n", "");

/** `sha256-…` of the sheet, as a source of the policy's `style-src`. */
export const STYLE_SOURCE = `sha256-${encodeBase64(bytesOfHex(sha256Hex(STYLE)))}`;

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}
