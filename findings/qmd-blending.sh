#!/usr/bin/env bash
# @tobilu/qmd 2.8.3: what a re-ranker's verdict does to the order. qmd mixes it with the rank that a passage had before.
# Guess: its README says that the mix protects the top (75 % retrieval for ranks 1 to 3, 60 % to 10, 40 % from 11 on). So a verdict may
#   count for little there, but one verdict for all keeps the order, and a passage that both stages like better stays above.
# What happens: the retrieval's part is 1 / rank, which is next to nothing from rank 3 on, while a verdict is 0 to 1. So what the
#   weights protect they hold down: 10 gets at most 0.46, 11 up to 0.64. One verdict of 1 for all lifts 11 to 15 above 2, and 3 is not
#   among the ten results any more. 3 with a verdict of 1 ends below 11 with 0.8. And no verdict moves the first: with 0 it keeps
#   0.75, and the second gets at most 0.625.
# Why it matters: the better the candidates are, the more the order is stirred, even where both stages agree. Who compares re-rankers
#   by the first result finds no difference between any two.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
# qmd runs on Bun or on Node 22; Bun comes as a package with SQLite inside (x64 Linux)
npm install --silent --no-audit --no-fund --ignore-scripts --omit=optional --save-exact \
    @tobilu/qmd@2.8.3 @oven/bun-linux-x64-baseline@1.4.5
cat > try.js << 'END'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createStore } from '@tobilu/qmd';

console.log(`qmd ${JSON.parse(readFileSync('node_modules/@tobilu/qmd/package.json')).version}`);
mkdirSync('notes');
for (let note = 1; note <= 16; note++) // the longer the note, the less its one "printer" counts: note 1 comes first, note 16 last
  writeFileSync(`notes/note-${note}.md`, `# Note ${note}\n\n${`filler${note} `.repeat(note)}printer\n`);
const store = await createStore({
  dbPath: 'index.sqlite', config: { collections: { notes: { path: `${process.cwd()}/notes`, pattern: '*.md' } } } });
await store.update();

const number = path => Number(path.match(/note-(\d+)/)[1]);

async function search(name, verdict, limit = 16) {
  if (verdict) // stands in for the re-ranking model, which is a download; qmd keeps verdicts by the model's name
    store.internal.llm = { rerankModelName: name, rerank: async (_, passages) =>
      ({ model: name, results: passages.map(({ file }, index) => ({ file, index, score: verdict(number(file)) })) }) };
  const found = await store.search({ queries: [{ type: 'lex', query: 'printer' }], rerank: !!verdict, limit });
  const rows = found.map(({ displayPath, score }) => ({ note: number(displayPath), score }));
  console.log(`${name}: ${rows.map(({ note, score }) => `${note} (${score.toFixed(3)})`).join('  ')}`);
  return rows.map(row => row.note);
}

const sorted = notes => notes.every((note, i) => i === 0 || notes[i - 1] < note);
const before = await search('not re-ranked');
const none = await search('all get 0', () => 0);
const half = await search('all get 0.5', () => 0.5);
const all = await search('all get 1', () => 1);
const ten = await search('all get 1, ten results', () => 1, 10);
const both = await search('3 gets 1, 11 gets 0.8, others 0', note => ({ 3: 1, 11: 0.8 })[note] ?? 0);
const neighbours = await search('10 gets 1, 11 gets 0.75, others 0', note => ({ 10: 1, 11: 0.75 })[note] ?? 0);
const first = await search('1 gets 0, others 1', note => note === 1 ? 0 : 1);
await store.close();

let failed = false;
expect('without a re-ranker and with 0 for all the notes are in order', before.length === 16 && sorted(before) && sorted(none));
expect('0.5 for all puts 11 to 16 above 5', !sorted(half) && half.indexOf(16) < half.indexOf(5));
expect('1 for all puts 11 to 15 above 2, and 10 last', String(all.slice(0, 7)) === '1,11,12,13,14,15,2' && all[15] === 10);
expect('1 for all drops 3 from the ten results', !ten.includes(3) && ten.includes(16));
expect('3 with 1 ends below 11 with 0.8', both.indexOf(11) < both.indexOf(3));
expect('10 with 1 ends below 11 with 0.75', neighbours.indexOf(11) < neighbours.indexOf(10));
expect('1 stays first with 0 while all others get 1', first[0] === 1);
process.exitCode = failed ? 1 : 0;

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  failed ||= !seen;
}
END
HOME="$folder" node_modules/@oven/bun-linux-x64-baseline/bin/bun try.js
