namespace NotebookRunner.Reports;

/// <summary>The report's own style: readable in light and dark, printable.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --ground: #fff; --ink: #1f2933; --soft: #5b6875; --line: #dfe4ea; --wash: #f6f8fa;
                --accent: #0b5cad; --bad: #b3261e; --worse: #fdf3f2; --good: #1b7f4b; }
        @media screen and (prefers-color-scheme: dark) {
          :root { --ground: #14181d; --ink: #e3e7ec; --soft: #a3afbb; --line: #3a444f; --wash: #1c232b;
                  --accent: #7db8f5; --bad: #ff9b91; --worse: #2c1d1f; --good: #62c892; }
          .text img, .output.image { background: #fff; color: #1f2933; } /* made for white paper, mostly */
        }
        * { box-sizing: border-box; }
        html { scroll-behavior: smooth; }
        body { margin: 0 auto; padding: 2rem 1.5rem 5rem; max-width: 76rem; color: var(--ink); background: var(--ground);
               font: 16px/1.6 system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC",
                     "PingFang SC", "Microsoft YaHei", sans-serif; }
        h1, h2, h3 { line-height: 1.25; margin: 1.8em 0 .6em; }
        header h1 { margin-top: 0; font-size: 2.1rem; }
        a { color: var(--accent); text-decoration: none; }
        a:hover, .text a { text-decoration: underline; }
        code, pre { font-family: ui-monospace, "Cascadia Code", Consolas, "DejaVu Sans Mono", monospace; font-size: .86em; }
        pre { margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
        .summary { font-weight: 600; } .summary.passed { color: var(--good); } .failed, .summary.failed { color: var(--bad); }
        .verdict { font-size: 1.15rem; max-width: 52rem; border-left: 4px solid var(--accent); padding-left: .8rem; }
        .wide { overflow-x: auto; } .headline td:nth-child(2) { font-variant-numeric: tabular-nums; }
        @media (min-width: 40rem) { .headline td:nth-child(2) { white-space: nowrap; } }
        .facts td code { margin-right: .35em; } .figures, .facts { margin: .8rem 0; } .figures summary, .facts summary { cursor: pointer; }
        .facts code, .text code { overflow-wrap: anywhere; }
        .facts code, .text code { background: var(--wash); border: 1px solid var(--line); border-radius: 4px; padding: .05em .3em; }
        .text pre code { background: none; border: 0; padding: 0; }
        .text pre, pre.code { background: var(--wash); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; }
        nav { margin: 2rem 0; padding: .6rem 1.4rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--wash); }
        nav h2 { margin: .6rem 0; font-size: 1.05rem; }
        nav ol, nav ul { margin: 0; padding-left: 1.4rem; } nav > ol { list-style: none; padding: 0; columns: 2 22rem; column-gap: 3rem; }
        nav > ol > li { break-inside: avoid; margin-bottom: .5rem; } nav ul { list-style: none; padding-left: .2rem; font-size: .92em; }
        section { margin-top: 3rem; border-top: 3px solid var(--ink); }
        .file { color: var(--soft); font-size: .85rem; margin: .5rem 0 -.4rem; }
        .text { max-width: 52rem; }
        .text blockquote { margin: 1em 0; padding: .1em 1em; border-left: 4px solid var(--line); color: var(--soft); }
        .text img { max-width: 100%; }
        .cell { margin: 1rem 0; }
        .cell > details > summary {
          cursor: pointer; color: var(--soft); font-size: .88rem; display: flex; gap: .6em; align-items: baseline; }
        .cell > details > summary::before { content: "▸"; } .cell > details[open] > summary::before { content: "▾"; }
        .cell > details > summary code { flex: 0 1 auto; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .cell > details[open] > summary > code { visibility: hidden; }
        .time { margin-left: auto; white-space: nowrap; } .count { white-space: nowrap; }
        .output { margin: .4rem 0 .4rem 1.1rem; }
        .output.html, .output.image { overflow-x: auto; }
        .output.image img, .output.image svg { max-width: 100%; height: auto; }
        pre.output { padding: .1rem 0 .1rem .8rem; border-left: 3px solid var(--line); max-height: 32rem; overflow-y: auto; }
        pre.stderr { border-color: #d9a441; }
        pre.error { border-color: var(--bad); color: var(--bad); background: var(--worse); padding: .6rem .8rem; }
        table { border-collapse: collapse; margin: .6rem 0; font-size: .92em; }
        th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        thead th { border-bottom: 2px solid var(--soft); }
        @media print {
          body { max-width: none; padding: 0; font-size: 10.5pt; }
          nav { break-after: page; } section { break-before: page; border: 0; margin: 0; }
          nav + main > section:first-child { break-before: auto; }
          pre.output { max-height: none; overflow: visible; } .output table { font-size: 8pt; }
          .output.html, .wide, .output.html [style*="overflow-x"] { overflow: visible !important; }
          figure, tr, pre.code { break-inside: avoid-page; } h1, h2, h3, .cell > details { break-after: avoid-page; }
          /* nobody unfolds paper; a chart's table stays folded, its picture says the same */
          details:not([data-chart-table])::details-content { content-visibility: visible; }
          details:not([data-chart-table]) > summary { list-style: none; } .cell > details > summary::before { content: none; }
          .cell > details > summary > code { visibility: hidden; } .text summary { font-weight: 600; } summary { break-after: avoid-page; }
          a { color: inherit; }
        }
        """;
}
