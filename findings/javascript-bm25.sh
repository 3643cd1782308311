#!/usr/bin/env bash
# minisearch 7.2.0 and @orama/orama 3.1.18: what their BM25 counts.
# Guess: term frequency and length in words, as the formula has them, so both agree with the textbook on four small passages.
# What happens: both take the number of different words for a passage's length, so 60 times "dog" and one "fox" is as short, and
#   ranks as high, as "fox cat". Orama drops repeated words before it counts, so the frequency is always 1: "fox fox" ties with
#   "fox". It also gives a word that begins with the query's the full score at its own, rarer, idf: "foxes" beats "fox".
# Why it matters: these are the BM25 of many in-browser searches. The length norm, BM25's guard against long and repetitive
#   passages, hardly works, and a baseline measured on them is not the BM25 of papers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact minisearch@7.2.0 @orama/orama@3.1.18
cat > try.js << 'EOF'
import fs from 'node:fs';
import MiniSearch from 'minisearch';
import { create, insert, search } from '@orama/orama';

const version = name => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version;
console.log(`minisearch ${version('minisearch')}, @orama/orama ${version('@orama/orama')}`);
const texts = {
  repeated: 'fox fox', alone: 'fox', short: 'fox cat', long: 'dog '.repeat(60) + 'fox',
  prefix: 'foxes run', 'other 1': 'bird cat', 'other 2': 'cat owl', 'other 3': 'dog bird', 'other 4': 'owl',
};

function textbook(query, k1 = 1.2, b = 0.75) {
  const passages = Object.entries(texts).map(([id, text]) => [id, text.split(' ')]);
  const mean = passages.reduce((sum, [, words]) => sum + words.length, 0) / passages.length;
  const found = passages.filter(([, words]) => words.includes(query));
  const idf = Math.log(1 + (passages.length - found.length + 0.5) / (found.length + 0.5));
  return Object.fromEntries(found.map(([id, words]) => {
    const frequency = words.filter(word => word === query).length;
    return [id, idf * frequency * (k1 + 1) / (frequency + k1 * (1 - b + b * words.length / mean))];
  }));
}

const mini = new MiniSearch({ fields: ['text'] });
const orama = create({ schema: { text: 'string' } });
for (const [id, text] of Object.entries(texts)) {
  mini.add({ id, text });
  await insert(orama, { id, text });
}
const scores = {
  textbook: textbook('fox'),
  minisearch: Object.fromEntries(mini.search('fox').map(hit => [hit.id, hit.score])),
  orama: Object.fromEntries((await search(orama, { term: 'fox' })).hits.map(hit => [hit.id, hit.score])),
};
for (const [name, of] of Object.entries(scores))
  console.log(`${name}: ${Object.entries(of).sort((a, b) => b[1] - a[1]).map(([id, score]) => `${id} ${score.toFixed(3)}`).join(', ')}`);

const same = (a, b) => Math.abs(a - b) < 1e-9;
const { textbook: book, minisearch, orama: other } = scores;
expect('in the textbook 61 words score less than half of 2', book.long < book.short / 2 && book.repeated > book.alone);
expect('minisearch: 61 words score as 2', same(minisearch.long, minisearch.short) && minisearch.repeated > minisearch.alone);
expect('orama: 61 words score as 2, and a word repeated as once', same(other.long, other.short) && same(other.repeated, other.alone));
expect('orama: the longer word beats the word itself', other.prefix > other.alone);

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  if (!seen) process.exitCode = 1;
}
EOF
node try.js
