// The desk's one style sheet, sent inside each view so that a view is one request, and the hash by which the content
// security policy allows exactly it. Phone first; dark and light follow the device; no script. State is told by shape, word
// and colour, in that order: red is only for what is broken, teal only for what can be pressed.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";

const COLOURS = `
:root{color-scheme:light dark;--bg:#f3f5f5;--card:#fff;--sunk:#e9eeef;--ink:#13181a;--soft:#4f5a60;--line:#d3dadd;--edge:#717d84;--act:#0a616c;--on:#fff;--bad:#a5221a;--bad0:#fcecea;--warn:#7d4e00;--warn0:#fbf1dd;--good:#1f6a40;--good0:#e7f3eb;--well:#4d9169}
@media(prefers-color-scheme:dark){:root{--bg:#0e1214;--card:#171d20;--sunk:#0a0d0f;--ink:#e8edef;--soft:#a5b0b6;--line:#2d363b;--edge:#77848b;--act:#5ecad3;--on:#04262a;--bad:#ff9c8f;--bad0:#2e1513;--warn:#f3c06a;--warn0:#2a200f;--good:#7fd3a0;--good0:#10251a;--well:#4a8f68}}
`;

const TEXT = `
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:1rem/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%;overflow-wrap:anywhere}
a{color:var(--act);text-underline-offset:.16em}
:focus-visible{outline:3px solid var(--act);outline-offset:2px;border-radius:5px}
h1,h2,h3,p,ul,ol,dl,dd,figure{margin:0;padding:0}ul,ol{list-style:none}
h1{font-size:1.5rem;line-height:1.2;letter-spacing:-.015em;text-wrap:balance}
h2{font-size:1.0625rem;line-height:1.3}h3{font-size:1rem;line-height:1.3}
.nb,time,.top{white-space:nowrap}
.soft,.lead,.facts dt,.bars,footer,time{color:var(--soft)}.small{font-size:.875rem}.bad{color:var(--bad)}.warn{color:var(--warn)}.good{color:var(--good)}
button,summary{font:inherit;color:var(--act);cursor:pointer}summary{min-height:2.75rem;padding:.65rem 0}
code,.log,.mono,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
.exact mark{background:var(--bad);color:var(--card);border-radius:3px;padding:0 .25em;font-size:.8em}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
`;

const FRAME = `
.wrap{max-width:78rem;margin:0 auto;padding:0 1rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;z-index:9;background:var(--card);padding:.6rem}
.top{background:var(--card);border-bottom:1px solid var(--line)}.top .wrap{display:flex;flex-wrap:wrap;align-items:center;min-height:3rem}
.brand{display:flex;gap:.5rem;align-items:center;margin-right:auto;min-height:2.75rem;font-weight:650;color:var(--ink);text-decoration:none}.brand svg{color:var(--act)}
.top nav{display:flex;flex-wrap:wrap;column-gap:1rem}
.top nav a,.top nav button{background:none;border:0;padding:.7rem 0 .65rem;min-height:2.75rem;text-decoration:none}
.top nav a[aria-current]{color:var(--ink);font-weight:600;box-shadow:inset 0 -3px var(--act)}
.menu[popover]{inset:3rem .5rem auto auto;margin:0;border:1px solid var(--line);border-radius:12px;background:var(--card);padding:.25rem 1.1rem;box-shadow:0 8px 30px rgb(0 0 0/.18)}.menu:popover-open{display:grid}
.alarm{background:var(--bad);color:var(--card);padding:.6rem 0;font-weight:600}.alarm a{color:var(--card)}
.alone{padding-top:.6rem;padding-bottom:.6rem}.alone+main{padding-top:0}.alone+footer{padding-top:0}
main{padding:1rem 0 1.25rem}
main>.wrap>*+*,.split>*+*,.split>*>*+*{margin-top:.75rem}
.lead{margin-top:.2rem}
footer{font-size:.875rem;padding-bottom:1.2rem}footer button{background:none;border:0;text-decoration:underline;min-height:2.75rem;padding:0}
.row{display:flex;flex-wrap:wrap;gap:.1rem .8rem;align-items:baseline;justify-content:space-between}.row:has(>.btn,>form){align-items:center;row-gap:.45rem}li.row{row-gap:.45rem}.row>div{flex:1 1 13rem}.nw{flex-wrap:nowrap}.nw>div{flex:1}
.st{display:inline-flex;gap:.38em;align-items:baseline;font-weight:600}.st>.i{align-self:start;height:1lh}.q{font-weight:400}
.i{width:1em;height:1em;flex:none;fill:currentColor;stroke:none}.i .l,.l{fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
`;

const CARDS = `
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.75rem .9rem}
.no,.wt,.ok{border-left-width:5px}.no{border-color:var(--bad);background:var(--bad0)}.wt{border-color:var(--warn);background:var(--warn0)}.ok{border-color:var(--good);background:var(--good0)}
.card>*+*{margin-top:.3rem}.card>.vh+*{margin-top:0}.card>.btn{margin:.6rem 0 .25rem}.card figure,:is(p,ul)+form{margin-top:.65rem}
.cardlink{position:relative}.cardlink a:not(.btn){color:inherit;text-decoration:none}.cardlink:hover a{text-decoration:underline}.cardlink a:not(.btn)::after{content:"";position:absolute;inset:0}.cardlink .btn{position:relative;z-index:1}
.list>li{padding:.5rem 0;border-top:1px solid var(--line)}.list>li:first-child{border:0;padding-top:0}.list>li:last-child{padding-bottom:0}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.3rem .9rem}.when{display:grid;grid-template-columns:max-content 1fr;gap:.35rem .8rem}
.links a,.tap{display:inline-flex;align-items:center;min-height:2.75rem}.links{display:flex;flex-wrap:wrap;column-gap:1.3rem;margin-bottom:-.5rem}.tap:has(u){text-decoration:none}
.stack>*+*{margin-top:.4rem}.chips a:not(.btn){color:inherit}.chips.acts{gap:.5rem;margin-top:.6rem}.chips{display:flex;flex-wrap:wrap;align-items:baseline;gap:.1rem .9rem}
.steps>li{display:grid;grid-template-columns:1.75rem 1fr;gap:0 .35rem;padding:.35rem 0}.steps>li>.i{width:1.25rem;height:1.25rem;margin-top:.12rem}.steps>li>div>*+*{margin-top:.25rem}.steps.card>li+li{margin:0;border-top:1px solid var(--line)}
.bars{display:flex;text-align:center;font-size:.8125rem}.bars li{flex:1}.bars svg{display:block;margin:auto;height:36px}
.say{border-left:5px solid var(--edge);padding:.1rem 0 .1rem .8rem}.say.no{background:none;border-color:var(--bad)}
.card>.list+h3,.card>form+h3{margin-top:.9rem}.prose>*+*{margin-top:.6rem}.prose li{margin:.3rem 0 .3rem 1.1rem;list-style:disc}.prose ol li{list-style:decimal}
pre.all{user-select:all}pre{margin:0;background:var(--sunk);border-radius:8px;padding:.6rem;white-space:pre-wrap}@media(min-width:60rem){.prose pre{white-space:pre;overflow-x:auto}}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-top:1px solid var(--line)}th{color:var(--soft);font-weight:600;border:0}
`;

const ANSWERS = `
.btn{font-weight:650;line-height:1.2;display:inline-grid;place-content:center;min-height:3rem;padding:.45rem 1.1rem;border:2px solid var(--act);border-radius:12px;background:var(--act);color:var(--on);text-decoration:none;text-align:center}
.btn small{font-weight:400;font-size:.8125rem}.btn.plain{background:var(--card);color:var(--ink);border-color:var(--edge)}.btn.full{display:grid;width:100%}
.bar{bottom:0;z-index:3;background:var(--card);border-top:1px solid var(--line);padding:.4rem 0 calc(.4rem + env(safe-area-inset-bottom));margin:1rem 0 -1.25rem;box-shadow:0 -6px 18px rgb(0 0 0/.08)}
.bar form,.bar form>*{margin:0}.bar form{display:grid}.bar .two{display:grid;grid-template-columns:1fr 1fr;gap:.4rem}.bar .btn{width:100%;padding:.3rem .4rem}.bar .yes{grid-column:1/-1}.yes .btn,.btn.yes{min-height:3.4rem;font-size:1.0625rem}.bar .two>p{grid-column:1/-1}
.argv{display:flex;flex-wrap:wrap;gap:.3rem;background:var(--sunk);border:1px solid var(--line);border-left:5px solid var(--act);border-radius:10px;padding:.45rem .55rem}.argv li{background:var(--card);border:1px solid var(--edge);border-radius:6px;padding:.1rem .42rem;overflow-wrap:anywhere;white-space:pre-wrap}.argv bdi{unicode-bidi:isolate;direction:ltr}
.log{background:var(--sunk);border-radius:8px;padding:.45rem .6rem;font-size:.8125rem;line-height:1.4;overflow-wrap:anywhere}.no .log,.wt .log{background:var(--card)}.log li{padding-left:1.2em;text-indent:-1.2em}.log b{color:var(--bad)}
label{display:block;font-weight:600}label+label{margin-top:.7rem}fieldset{border:0;margin:0;padding:0}legend{padding:0}.pick{display:flex;gap:.6rem;align-items:baseline}.pick .small{font-weight:400}
input:not([type=hidden],[type=checkbox],[type=radio]),select,textarea{font:inherit;font-weight:400;display:block;width:100%;min-height:2.75rem;margin-top:.25rem;padding:.55rem .7rem;border:1px solid var(--edge);border-radius:8px;background:var(--card);color:var(--ink)}
.find{display:grid;gap:.5rem .9rem;grid-template-columns:repeat(auto-fit,minmax(min(11rem,100%),1fr));align-items:end}.find>*+*,.find label+label{margin-top:0}.find :is(input,select){font-weight:400}
form>*+*{margin-top:.65rem}form.inline{display:inline}form.inline>*{margin:0}
`;

const PICTURES = `
.strip{height:14px}.w{fill:var(--well)}.f{fill:var(--bad)}.y{fill:var(--warn)}.n{fill:var(--edge)}
.lane,.strip,.spark{display:block;width:100%}.lane{height:98px;overflow:visible}.lane text{font-size:.8125rem;fill:var(--soft)}.lane .b{font-weight:650;fill:var(--ink)}
.lane line{stroke-width:5}.f0{stroke:var(--bad)}.y0{stroke:var(--warn);stroke-dasharray:5 4}.w0{stroke:var(--well)}.lane .n0{stroke:var(--edge);stroke-width:2;stroke-dasharray:1 5;stroke-linecap:round}
.lane rect{fill:var(--ink)}.lane circle{fill:var(--ink);stroke:var(--card);stroke-width:2}.lane .todo{fill:var(--card);stroke:var(--edge);stroke-dasharray:2 2}
.qr{display:block;width:100%;max-width:19rem;margin:auto;border-radius:8px}
.spark{height:48px}.spark path{vector-effect:non-scaling-stroke}.spark .l{stroke:var(--act);stroke-width:1.6}.band{fill:var(--sunk)}.max{stroke:var(--edge);stroke-dasharray:3 3}
.map{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr));gap:.35rem}.map a{color:inherit;min-height:2.75rem;display:flex;align-items:center;justify-content:center;gap:.4em;border:1px solid var(--line);border-radius:8px;padding:0 .3rem;text-decoration:none}.map .bad a{background:var(--bad0);border-color:var(--bad)}
.hosts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(9.4rem,100%),1fr));gap:.5rem}.host{padding:.5rem .65rem}.host.sick{grid-column:1/-1}
.svc{display:grid;grid-template-columns:4.5rem 1fr;gap:0 .5rem;align-items:center;font-size:.8125rem;line-height:1.5}.svc>:first-child{overflow:hidden;text-overflow:ellipsis}.svc .why{grid-column:1/-1}.svcs>li+li{margin-top:.25rem}
`;

const SIZES = `
@media(min-height:32rem){.bar{position:sticky}}
@media(min-width:36rem){.host.sick{grid-column:auto}.svc{grid-template-columns:38% 1fr;font-size:.875rem}.hosts{grid-template-columns:repeat(auto-fill,minmax(13.5rem,1fr))}}
@media(min-width:60rem){main{padding:1.5rem 0 1.25rem}h1{font-size:1.75rem}.head{justify-content:start;column-gap:1.2rem}.split{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:.75rem 1.5rem;align-items:start}.split.left{grid-template-columns:25rem minmax(0,1fr)}.split.right{grid-template-columns:minmax(0,1fr) 25rem}.split>*{margin-top:0!important}.split.right{grid-template-rows:auto 1fr}.split.right>:nth-child(2){grid-row:1/span 2;grid-column:2}
.menu[popover]{display:flex;column-gap:1rem;position:static;border:0;padding:0;box-shadow:none;background:none}.top nav button{display:none}
.bar .two{display:flex;justify-content:end;align-items:end}.bar .two>p{align-self:center;margin:0 .5rem 0 0}.bar .btn{min-height:3.4rem;width:auto;padding:.45rem 1.5rem}.narrow{max-width:46rem}
footer .facts{grid-template-columns:repeat(3,auto) 1fr;grid-auto-flow:column;grid-template-rows:auto auto;gap:0 2.5rem}}
@media(prefers-reduced-motion:no-preference){.turn{animation:t 1.2s linear infinite}@keyframes t{to{transform:rotate(1turn)}}}
@media(forced-colors:active){.w,.n{fill:GrayText}.f,.y,.lane :is(text,rect,circle){fill:CanvasText}.lane .todo{fill:Canvas}.lane :is(line,circle),.spark .l{stroke:CanvasText}.argv,.say,.no,.wt,.ok{border-left-color:CanvasText}}
`;

/** The sheet without its line breaks. */
export const STYLE = [COLOURS, TEXT, FRAME, CARDS, ANSWERS, PICTURES, SIZES].join("").replaceAll("\n", "");

/** `sha256-…` of the sheet, as a source of the policy's `style-src`. */
export const STYLE_SOURCE = `sha256-${encodeBase64(bytesOfHex(sha256Hex(STYLE)))}`;

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}
