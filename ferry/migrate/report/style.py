"""How the page looks: on a screen, on a phone, on paper."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 68rem; background: #fff; color: #1b1f24;
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.05rem; font-weight: 600; margin: 0 0 .25rem; color: #57606a; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid #d0d7de; }
h3 { font-size: 1rem; margin: 1.3rem 0 .4rem; }
p { margin: .35rem 0; }
a { color: #0550ae; }
.quiet { color: #57606a; }
code, .mono { font: .86em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  overflow-wrap: anywhere; }
.banner { margin: .6rem 0 1rem; padding: .9rem 1.1rem; border: 1px solid; border-left-width: .5rem;
  border-radius: .3rem; }
.banner .line { font-size: 1.4rem; line-height: 1.3; font-weight: 650; margin: 0; }
.right { background: #eaf6ec; border-color: #1a7f37; }
.warning { background: #fff8e1; border-color: #9a6700; }
.unjudged { background: #f3eefb; border-color: #6639ba; }
.blocked { background: #ffebe9; border-color: #b3261e; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .7rem; margin: 0 0 .8rem; }
.cards div { border: 1px solid #d0d7de; border-radius: .3rem; padding: .6rem .8rem; }
.cards dt { color: #57606a; font-size: .85rem; }
.cards dd { margin: 0; font-size: 1.25rem; font-weight: 650; overflow-wrap: anywhere; }
.cards .note { display: block; font-size: .8rem; font-weight: 400; color: #57606a; }
ul.found { list-style: none; margin: 0; padding: 0; }
ul.found li { margin: .4rem 0; padding: .45rem .7rem; border-style: solid; border-width: 0 0 0 .3rem; border-radius: .2rem; }
ul.found li { display: grid; grid-template-columns: 6.2rem 1fr; gap: .3rem; }
.level { font-weight: 650; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .88rem; }
th, td { text-align: left; vertical-align: top; padding: .32rem .5rem; border-bottom: 1px solid #e3e7eb;
  overflow-wrap: anywhere; }
th { color: #57606a; font-weight: 600; border-bottom-color: #afb8c1; }
td.hash, td.number { white-space: nowrap; }
td.name { min-width: 8rem; }
th, td.word { overflow-wrap: break-word; }
td.number { font-variant-numeric: tabular-nums; }
td.word-bad { color: #b3261e; font-weight: 650; }
td.word-unknown { color: #6639ba; font-weight: 650; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 1.2rem; }
.charts figure { margin: 0; }
figcaption { font-weight: 600; margin-bottom: .3rem; }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 10.5px; fill: #57606a; }
text.end { text-anchor: end; }
text.middle { text-anchor: middle; }
.grid { stroke: #e3e7eb; stroke-width: 1; }
.closed { fill: #f6c9c5; }
.line0, .line1, .line2, .line3, .line4, .line5 { fill: none; stroke-width: 1.7; stroke-linejoin: round; }
.line0 { stroke: #0550ae; }
.line1 { stroke: #bc4c00; stroke-dasharray: 6 3; }
.line2 { stroke: #1a7f37; stroke-dasharray: 2 2; }
.line3 { stroke: #6639ba; stroke-dasharray: 9 3 2 3; }
.line4 { stroke: #953800; stroke-dasharray: 12 4; }
.line5 { stroke: #57606a; stroke-dasharray: 1 3; }
.dot0 { fill: #0550ae; } .dot1 { fill: #bc4c00; } .dot2 { fill: #1a7f37; }
.dot3 { fill: #6639ba; } .dot4 { fill: #953800; } .dot5 { fill: #57606a; }
.legend { list-style: none; margin: .3rem 0 0; padding: 0; font-size: .85rem; color: #57606a; }
.legend .key { display: inline-block; width: 26px; height: 10px; margin-right: .5rem; }
.steps { max-width: 38rem; }
.bar.done { fill: #0550ae; } .bar.failed { fill: #b3261e; }
.bar.open { fill: #6639ba; }
.point { stroke: #b3261e; stroke-width: 1.3; stroke-dasharray: 5 3; }
.sign { display: grid; grid-template-columns: 2fr 1fr 2fr; gap: 2.6rem 1.2rem; margin-top: 3.2rem; }
.sign div { border-top: 1px solid #1b1f24; padding-top: .2rem; color: #57606a; font-size: .85rem; }
@media (max-width: 640px) {
  body { padding: .9rem .8rem 2rem; }
  .banner .line { font-size: 1.15rem; }
  .cards { grid-template-columns: 1fr 1fr; }
  ul.found li { grid-template-columns: 1fr; gap: 0; }
  .charts { grid-template-columns: 1fr; }
  .sign { grid-template-columns: 1fr; gap: 2.2rem; }
  table.wide thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.wide, table.wide tbody, table.wide tr, table.wide td { display: block; }
  table.wide tr { border: 1px solid #d0d7de; border-radius: .3rem; margin: .6rem 0; padding: .2rem 0; }
  table.wide td { border: 0; display: grid; grid-template-columns: 7.2rem 1fr; gap: .6rem; padding: .18rem .6rem; }
  table.wide td::before { content: attr(data-label); color: #57606a; }
}
@media print {
  @page { size: A4; margin: 14mm 12mm; }
  body { max-width: none; padding: 0; font-size: 9.5pt; print-color-adjust: exact;
    -webkit-print-color-adjust: exact; }
  .banner .line { font-size: 14pt; }
  h2 { margin-top: 1.3rem; break-after: avoid; }
  h3 { break-after: avoid; }
  tr, figure, .cards div, .sign, ul.found li, .banner { break-inside: avoid; }
  thead { display: table-header-group; }
  .cards { grid-template-columns: repeat(4, 1fr); }
  .charts { grid-template-columns: 1fr 1fr; }
  .steps { max-width: 105mm; }
  td.name { min-width: 6.6rem; }
  table { font-size: 8pt; }
  th, td { padding: .2rem .3rem; }
}
"""
"""No address is in it: the page asks for nothing."""
