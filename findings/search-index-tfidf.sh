#!/usr/bin/env bash
# search-index 6.0.2 (npm): what it calls TFIDF knows no document frequency of a word.
# Guess: each word of a query has its own weight, the logarithm of all documents by those that have this word. Of two passages with one
#   word each, the one with the rarer word comes first.
# What happens: the logarithm is taken of all documents by the number of RESULTS, once for the whole answer, and the score is rounded to
#   two places. Any two words weigh the same, however rare. A match is worth less the more passages the other words bring along, and
#   where every passage has some word of the query, all scores are 0 and the answer is in the order of the ids.
# Why it matters: a question is looked up as its words joined by OR. The only passage with the rare word is first when that word is
#   asked alone (5.71) and last of 300 (0) when a common one is asked with it; its caller sees a page of twenty others.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact search-index@6.0.2
cat > try.js << 'EOF'
import fs from 'node:fs';
import { SearchIndex } from 'search-index';

console.log(`search-index ${JSON.parse(fs.readFileSync('node_modules/search-index/package.json')).version}`);

const passages = Array.from({ length: 300 }, (_, i) => ({
  _id: i + 1,
  text: i === 299 ? 'Cavitation sounds like gravel' : `The pump of house ${i + 1} runs`,
}));

async function search(count, words) {
  const some = passages.slice(-count);
  const index = new SearchIndex({ name: `index-${count}-${words.join('-')}` });
  await index.VERSION_VALIDATED;
  await index.PUT(some);
  const { RESULT } = await index.QUERY({ OR: words }, { SCORE: { TYPE: 'TFIDF' }, SORT: true, PAGE: { SIZE: count } });
  const found = RESULT.map(({ _id, _score }) => ({ id: _id, score: _score }));
  const rare = found.findIndex(({ id }) => id === 300);
  const weight = word => Math.log((count + 1) / some.filter(({ text }) => text.toLowerCase().split(' ').includes(word)).length);
  console.log(`${count} passages, ${words.join(' OR ')}: ${found.length} found, first ${found.slice(0, 3).map(one => `${one.id} (${one.score})`).join(' ')}; `
    + `300 is number ${rare + 1} (${found[rare].score}); by each word's own count ${words.map(word => `${word} ${weight(word).toFixed(2)}`).join(', ')}`);
  return { found, rare };
}

const few = await search(4, ['pump', 'cavitation']);
const alone = await search(300, ['cavitation']);
const both = await search(300, ['pump', 'cavitation']);
const more = await search(300, ['pump', 'cavitation', 'gravel']);

expect('of four passages, the one with the rare word has the score of the others and comes last',
  new Set(few.found.map(({ score }) => score)).size === 1 && few.rare === 3);
expect('asked alone, the rare word finds its passage with a high score', alone.found.length === 1 && alone.found[0].score > 5);
expect('with a common word beside it, its passage is last of 300', both.rare === 299);
expect('all 300 have the score 0, in the order of their ids', both.found.every(({ id, score }, i) => score === 0 && id === i + 1));
expect('a second rare word lifts it to a hundredth at most', more.found.every(({ score }) => score <= 0.01));

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  if (!seen) process.exitCode = 1;
}
EOF
node try.js
