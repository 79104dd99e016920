// The style sheet of the report: the demos' colours and type by value, since the report is one file.

export const reportStyle = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfb;
  --well: #f3f4f3;
  --ink: #1b1e23;
  --quiet: #5a616c;
  --line: #dde0e3;
  --accent: #2f5bd0;
  --curve-one: #2a67b8;
  --curve-two: #b25408;
  --curve-three: #a83f86;
  --curve-four: #0f7d78;
  font: 15px / 1.5 system-ui, sans-serif;
  font-variant-numeric: tabular-nums;
  background: var(--paper);
  color: var(--ink);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171b;
    --well: #1d2025;
    --ink: #e7e9ec;
    --quiet: #9aa2ae;
    --line: #2e3238;
    --accent: #8fabff;
    --curve-one: #6fa8ee;
    --curve-two: #ef9a4c;
    --curve-three: #e08cc4;
    --curve-four: #5cc6be;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body { max-width: 1240px; margin: 0 auto; padding: 40px 24px 80px; }
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; }
ul { list-style: none; }
h1 { font-size: 24px; line-height: 32px; font-weight: 600; }
h2 { font-size: 19px; line-height: 28px; font-weight: 600; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre { font: 13px / 20px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: 0; padding: 8px 12px; border-radius: 4px; background: var(--well); white-space: pre-wrap; overflow-wrap: anywhere; }
.lead { max-width: 72ch; margin-top: 4px; }
.note, caption, figcaption { color: var(--quiet); font-size: 13px; line-height: 20px; }
.number { display: inline-block; min-width: 2ch; color: var(--quiet); font-weight: 400; text-align: right; }

.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 24px; margin-top: 24px; font-size: 13px; line-height: 20px; }
.facts dt { color: var(--quiet); }
.facts dd { min-width: 0; overflow-wrap: anywhere; }

section { margin-top: 40px; padding-top: 16px; border-top: 1px solid var(--line); }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 24px 40px; align-items: start; margin-top: 12px; }
.columns.single { grid-template-columns: minmax(0, 1fr); max-width: 760px; }
.side { display: grid; gap: 32px; min-width: 0; }

table { width: 100%; border-collapse: collapse; font-size: 13px; line-height: 20px; }
caption { padding-bottom: 4px; text-align: left; }
th { font-weight: 400; text-align: left; vertical-align: middle; }
thead th { color: var(--quiet); }
th, td { padding: 0 0 0 8px; }
th:first-child { padding-left: 0; }
.number { text-indent: 0; }
.n { text-align: right; white-space: nowrap; }
td.bar, th.axis { padding: 0 0 0 12px; }
td.bar { line-height: 0; }
svg { display: block; width: 100%; overflow: visible; }
.ticks text, .limit { fill: var(--quiet); font-size: 11px; }
.grid { stroke: var(--line); }

.of-ours { --mark: var(--curve-one); }
.of-jax { --mark: var(--curve-two); }
.of-tfjs { --mark: var(--curve-three); }
.of-ort { --mark: var(--curve-four); }
.of-raw { --mark: var(--quiet); }
.swatch { display: inline-block; width: 8px; height: 8px; margin-right: 6px; background: var(--mark); }
.of-ours th, .of-ours .n { font-weight: 600; }
.failed td, td.failed { color: var(--quiet); overflow-wrap: anywhere; }
.failed td::before, td.failed::before { content: "\\2715\\00a0"; color: var(--curve-two); }

.times, .ratios { table-layout: fixed; }
.times th:first-child { width: 132px; white-space: nowrap; }
.times th.n { width: 116px; }
.spread { display: inline-block; min-width: 7ch; color: var(--quiet); font-weight: 400; }
.times .case th { padding-top: 10px; white-space: normal; }
.times .case .number, .ratios .number { margin-right: 2px; }
.times .mark { fill: var(--mark); }
.whisker { stroke: var(--ink); stroke-width: 1.5; }
.times .failed td { padding-left: 12px; }
.times .failed th { vertical-align: top; }

.ratios th:first-child { width: 252px; }
.ratios th[scope="row"], .shares th[scope="row"] { overflow-wrap: anywhere; }
.ratios tbody th, .shares tbody th { padding-left: 3ch; text-indent: -3ch; }
.ratios th.n { width: 148px; }
.ratios td.n { white-space: normal; }
.ratios .rival { color: var(--quiet); }
.ratios tfoot th, .ratios tfoot td { border-top: 1px solid var(--line); }
.ratios .failed td { padding: 2px 0 2px 12px; }
.ahead { fill: var(--curve-one); }
.behind { fill: var(--curve-two); }
.one { stroke: var(--ink); stroke-width: 1.5; }

.shares th, .shares td { border-top: 1px solid var(--line); padding-top: 2px; padding-bottom: 2px; }
.shares thead th { border-top: 0; }

.plot { display: grid; grid-template-columns: 44px minmax(0, 1fr); margin-top: 8px; }
.across { grid-column: 2; padding-top: 2px; }
.field { border: 1px solid var(--line); border-width: 0 0 1px 1px; }
.roof { stroke: var(--ink); stroke-width: 2; }
.spot { overflow: visible; }
.full { fill: var(--mark); stroke: var(--paper); }
.hollow { fill: none; stroke: var(--mark); stroke-width: 1.5; }
.limit, .label { paint-order: stroke; stroke: var(--paper); stroke-width: 3; }
.label { fill: var(--ink); font-size: 11px; font-weight: 600; }
.narrow { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: 0 16px; padding: 4px 0 0 44px; color: var(--quiet); font-size: 13px; line-height: 20px; }
.legend li { display: flex; align-items: center; gap: 4px; }
.key { width: 16px; flex: none; }

.groups { max-width: 760px; margin-top: 12px; table-layout: fixed; }
.groups th:first-child { width: 108px; }
.groups th.n { width: 76px; }
.groups th.worst { width: 240px; }
.groups td.worst { padding-left: 16px; color: var(--quiet); overflow-wrap: anywhere; }
.groups th.worst { padding-left: 16px; }

details { margin-top: 20px; }
summary { width: fit-content; color: var(--accent); font-size: 13px; line-height: 24px; cursor: pointer; }
.wide-table { overflow-x: auto; }
.figures { width: max-content; min-width: 100%; }
.figures th, .figures td { padding: 2px 0 2px 16px; border-top: 1px solid var(--line); white-space: nowrap; }
.figures thead th { max-width: 88px; border-top: 0; white-space: normal; vertical-align: bottom; }
.figures th:first-child { padding-left: 0; }
.figures caption { max-width: 72ch; }
.figures td.failed, .figures td.text { min-width: 40ch; white-space: normal; }
.figures .text:empty { min-width: 0; }

@media (max-width: 900px) {
  .columns { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 560px) {
  body { padding: 24px 16px 48px; }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .facts dd { margin-bottom: 8px; }
  .times th:first-child { width: 112px; }
  .times th.n { width: 52px; }
  .times .spread, .spare, .wide { display: none; }
  .narrow { display: inline; }
  .ratios th:first-child { width: 128px; }
  .ratios th.n { width: 88px; }
  .ratios .rival { display: block; font-size: 12px; line-height: 16px; }
  .groups th:first-child { width: 84px; }
  .groups th.n { width: 48px; }
  .groups .worst { display: none; }
}
@media print {
  body { max-width: none; padding: 0; }
  section { break-inside: avoid-page; }
}
`;
