"""The style sheet of the page. Pure data: colours as variables, one set for light and one for dark,
each text colour with a contrast of 4.5:1 or more on the grounds it is used on (a test measures it)."""

CSS = """
:root { color-scheme: light dark;
  --ground: #fbfaf8; --card: #ffffff; --ink: #1e2328; --soft: #565f68; --line: #e2dfd9;
  --track: #efece6; --a: #2f6690; --b: #a65628; --c: #6b5b95; --good: #1f6b45; --bad: #a3262a;
  --warn: #7a5200; --tint: #eef3f7; --link: #22557c; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #14171a; --card: #1b1f23; --ink: #e7e9ea; --soft: #a6afb8; --line: #30363c;
  --track: #272c31; --a: #7fb2dc; --b: #e3a070; --c: #b9a8e0; --good: #7ccb9d; --bad: #f19a94;
  --warn: #e5b95c; --tint: #202a33; --link: #9cc6ea; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui,
  -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums lining-nums; overflow-wrap: anywhere; }
.skip { position: absolute; left: -100vw; top: 0; padding: .6rem 1rem; background: var(--card);
  color: var(--link); }
.skip:focus { left: .5rem; }
:focus-visible { outline: 3px solid var(--a); outline-offset: 2px; border-radius: 2px; }
header, nav, main, footer { max-width: 56rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: clamp(1.5rem, 6vw, 3.5rem); }
h1 { font-size: clamp(1.7rem, 6vw, 2.5rem); line-height: 1.15; letter-spacing: -.02em;
  font-weight: 650; margin: 0 0 .4rem; text-wrap: balance; }
h2 { font-size: 1.3rem; line-height: 1.25; letter-spacing: -.01em; font-weight: 650;
  margin: 0 0 .3rem; }
h3 { font-size: 1rem; font-weight: 650; margin: 1.6rem 0 .2rem; }
p { margin: .3rem 0 .8rem; max-width: 42rem; text-wrap: pretty; }
a { color: var(--link); text-underline-offset: .18em; }
.lead { font-size: 1.08rem; }
.soft, figcaption, caption, summary, footer { color: var(--soft); }
.small, figcaption, caption, summary, footer { font-size: .875rem; }
.verdict { border-left: 4px solid; padding: .1rem 0 .1rem .8rem; }
.verdict.good { border-color: var(--good); } .verdict.bad { border-color: var(--bad); }
.good b { color: var(--good); } .bad b { color: var(--bad); }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; margin: .8rem 0 0;
  padding: .5rem 0; border-block: 1px solid var(--line); }
nav a { display: inline-block; padding: .35rem 0; text-decoration: none; }
nav a:hover { text-decoration: underline; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: clamp(1rem, 4vw, 1.75rem); margin: 1.25rem 0; }
figure { margin: 1rem 0 0; }
figcaption { margin-bottom: .5rem; max-width: 42rem; }
figcaption strong { color: var(--ink); font-weight: 600; }
.chart { display: block; overflow: hidden; font-size: .875rem; }
.chart text { fill: var(--ink); }
.chart .value { font-weight: 600; } .columns .value { font-size: .8125rem; }
.chart .note, .chart .tick { fill: var(--soft); font-size: .8125rem; }
.chart .limit-label { fill: var(--bad); font-size: .8125rem; }
.chart .end { text-anchor: end; } .chart .middle { text-anchor: middle; }
.chart .track { fill: var(--track); } .chart .base { stroke: var(--line); }
.chart .limit { stroke: var(--bad); stroke-width: 1.25; stroke-dasharray: 5 4; }
.chart .bar.a { fill: var(--a); } .chart .bar.b { fill: var(--b); } .chart .bar.c { fill: var(--c); }
details { margin-top: .5rem; }
summary { cursor: pointer; padding: .35rem 0; width: fit-content; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .4rem 0; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0;
  border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--soft); font-size: .8125rem; }
.n { text-align: right; padding-right: 0; padding-left: .6rem; white-space: nowrap; }
code { font: .8125rem/1.4 ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace; }
dl { margin: .4rem 0; }
.reasons > div { padding: .7rem 0; border-top: 1px solid var(--line); }
.reasons dt { font-weight: 600; display: flex; flex-wrap: wrap; gap: 0 1rem;
  justify-content: space-between; align-items: baseline; }
.reasons code { font-weight: 400; color: var(--soft); }
.reasons dd { margin: .1rem 0 0; max-width: 42rem; }
.reasons .source { display: block; color: var(--soft); font-size: .875rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); gap: .8rem 1rem; }
.facts dt { color: var(--soft); font-size: .8125rem; } .facts dd { margin: 0; }
.timeline { list-style: none; margin: .3rem 0 0; padding: 0 0 0 1.15rem;
  border-left: 2px solid var(--line); }
.timeline li { position: relative; padding: .4rem 0; display: grid;
  grid-template-columns: 3.2rem 1fr; }
.timeline li::before { content: ""; position: absolute; left: calc(-1.15rem - 6px); top: .85rem;
  width: 10px; height: 10px; border-radius: 50%; background: var(--card);
  border: 2px solid var(--soft); }
.timeline .allowed::before { background: var(--good); border-color: var(--good); }
.timeline .refused::before, .timeline .stop::before { background: var(--bad); border-color: var(--bad); }
.timeline .sent::before { background: var(--a); border-color: var(--a); }
.timeline .came::before { background: var(--b); border-color: var(--b); }
.timeline time { color: var(--soft); font-size: .875rem; line-height: 1.7; }
.timeline strong { font-weight: 600; } .timeline p { margin: 0; }
.timeline .why { color: var(--soft); font-size: .875rem; }
blockquote { margin: .35rem 0; padding: .5rem .8rem; background: var(--tint); border-radius: 6px;
  white-space: pre-line; max-width: 42rem; }
footer { padding-top: .5rem; padding-bottom: 3rem; }
@media (max-width: 30rem) { .timeline li { display: block; } .chart .note { display: none; } section { border-radius: 8px; }
  header, nav, main, footer { padding-left: .75rem; padding-right: .75rem; } }
@media print { nav, summary { display: none; } section { break-inside: avoid-page; border: 0; } }
"""
