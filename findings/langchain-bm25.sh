#!/usr/bin/env bash
# @langchain/community 1.1.29: which words the BM25Retriever finds.
# Guess: BM25 over words: the query and the passages are cut in the same way, in lower case, and whole words are compared.
# What happens: only the query is put in lower case and cut at white space. Each piece is then counted as a string of characters in the
#   passage as it was written. So no word with a capital is ever found, however the query is written: "Rome", "BM25", the first word of a
#   sentence; and "rome" is found in "Cromer" and "chrome". "manual?" does not find "manual". A space after the query is an empty word that
#   stands at each character: the longest passage comes first though it has no word of the query. A passage without Latin letters has
#   length 0: where all are so, all scores are NaN and the order stays that of the table.
# Why it matters: its documentation offers it as a re-ranker, too. Names, product codes and abbreviations are why one adds BM25 to vectors,
#   and these are what it misses. It reports nothing: k passages always come back, with a score of 0 in their old order. The example in
#   the documentation works since its passages begin in lower case where they are searched: "buildings" on the same passages finds none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact --omit=optional \
    @langchain/community@1.1.29 @langchain/core@1.2.4
cat > try.js << 'END'
import { readFileSync } from 'node:fs';
import { BM25Retriever } from '@langchain/community/retrievers/bm25';
import { Document } from '@langchain/core/documents';

const { version } = JSON.parse(readFileSync('node_modules/@langchain/community/package.json'));
console.log(`@langchain/community ${version}`);

async function search(query, texts) {
  const documents = texts.map(pageContent => new Document({ pageContent }));
  const found = await BM25Retriever.fromDocuments(documents, { k: texts.length, includeScore: true }).invoke(query);
  const rows = found.map(({ pageContent, metadata }) => ({ text: pageContent, score: metadata.bm25Score }));
  console.log(`"${query}"`);
  for (const { text, score } of rows)
    console.log(`    ${score.toFixed(3)} ${text}`);
  return rows;
}

const places = ['Rome is the capital of Italy.', 'Cromer lies by the sea.', 'Our chrome parts are made in Turin.', 'We ship to Italy.'];
const rome = await search('Rome', places);
const capital = await search('capital of Italy', places);

const models = ['Use BM25 first.', 'Re-rank with a GPU.', 'The manual is long.'];
const codes = [await search('BM25', models), await search('gpu', models), await search('manual?', models)].flat();
const word = await search('manual', models);

const plain = ['gardens in spring', 'gardens in late autumn when the leaves have all gone', 'boats'];
const clean = await search('printer', plain);
const space = await search('printer ', plain);

const cities = ['上海在海边', '北京是首都', '北京 北京 北京'];
const chinese = await search('北京', cities);
const mixed = await search('北京', [...cities, 'an English text']);

const docs = ['Buildings are made out of brick', 'Cars are made out of metal', 'mitochondria is made of lipids'];
const buildings = await search('buildings', docs);
const example = await search('mitochondria', docs);

let failed = false;
expect('"Rome" finds "Cromer" and "chrome", and Rome gets 0', rome[2].text === places[0] && rome[2].score === 0 && rome[1].score > 0);
expect('"capital of Italy" gets nothing for the one passage with only "Italy"', capital.find(row => row.text === places[3]).score === 0);
expect('"BM25", "gpu" and "manual?" get 0 everywhere', codes.every(row => row.score === 0) && word[0].score > 0);
expect('"printer" finds nothing', clean.every(row => row.score === 0));
expect('"printer " finds all, the longest passage first', space.every(row => row.score > 0) && space[0].text === plain[1]);
expect('Chinese passages get NaN in the order of the table', chinese.every((row, i) => Number.isNaN(row.score) && row.text === cities[i]));
expect('and scores as soon as an English one is among them', mixed.every(row => row.score >= 0) && mixed[0].text === cities[2]);
expect('"buildings" finds no "Buildings"', buildings.every(row => row.score === 0) && example[0].score > 0);
process.exitCode = failed ? 1 : 0;

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  failed ||= !seen;
}
END
node try.js
