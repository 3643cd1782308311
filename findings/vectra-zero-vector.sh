#!/usr/bin/env bash
# vectra 0.15.0 (npm): one vector of zeros among the first items of an index hides the others from every search.
# Guess: its cosine is no number, so it comes last, or first at worst; what the other items get does not depend on it.
# What happens: the heap that keeps the best k compares with that NaN, and every comparison with NaN is false. Stored first, the zeros sit
#   on top of the heap for good: each search gives the k items that were stored first, whatever was asked. Stored second they block half
#   of the heap, and the answer is not even sorted; stored later than k they do no harm. Nothing warns, the others have real scores.
# Why it matters: an empty passage, or one without a known word, has such a vector from word counts or word vectors. Which item is the
#   first changes with a filter, too, so that the same index is right for one filter and blind for another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact vectra@0.15.0
cat > try.js << 'EOF'
import fs from 'node:fs';
import { LocalIndex } from 'vectra';

console.log(`vectra ${JSON.parse(fs.readFileSync('node_modules/vectra/package.json')).version}`);

let state = 1;
const next = () => (state = state * 16807 % 2147483647) / 2147483647 - 0.5;
const vector = () => Array.from({ length: 8 }, next);
const passages = Array.from({ length: 200 }, vector);
const queries = Array.from({ length: 20 }, vector);
const k = 10;

const length = v => Math.hypot(...v);
const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0) / length(a) / length(b);
const ranked = (query, filter) => passages.map((passage, i) => ({ id: `${i}`, score: cosine(query, passage) }))
  .filter(({ id }) => !filter || shelf(id) === filter.shelf)
  .sort((a, b) => b.score - a.score).slice(0, k).map(({ id }) => id);

const shelf = place => place < 100 ? 'A' : 'B';

async function search(place, filter) { // place of the vector of zeros; none without a place
  const index = new LocalIndex(`index-${place}-${filter?.shelf}`);
  await index.createIndex();
  const items = passages.map((vector, i) => ({ id: `${i}`, vector, metadata: { shelf: shelf(i) } }));
  if (place !== undefined)
    items.splice(place, 0, { id: 'zeros', vector: Array(8).fill(0), metadata: { shelf: shelf(place) } });
  await index.beginUpdate();
  for (const item of items)
    await index.insertItem(item);
  await index.endUpdate();
  const answers = [];
  for (const query of queries)
    answers.push(await index.queryItems(query, '', k, filter));
  const truth = queries.map(query => ranked(query, filter));
  const found = answers.map(answer => answer.map(({ item }) => item.id));
  const right = found.every((ids, q) => String(ids) === String(truth[q]));
  const recall = found.reduce((sum, ids, q) => sum + truth[q].filter(id => ids.includes(id)).length, 0) / queries.length / k;
  const where = place === undefined ? 'absent' : `stored as number ${place + 1}`;
  console.log(`zeros ${where}${filter ? `, shelf ${filter.shelf} only` : ''}: ${(recall * 100).toFixed(1)} % of the true ${k} found; first query: `
    + answers[0].map(({ item, score }) => `${item.id} ${score.toFixed(2)}`).join(' | '));
  return { recall, found, right };
}

const absent = await search();
const first = await search(0);
const second = await search(1);
const late = await search(100);
const shelfA = await search(100, { shelf: 'A' });
const shelfB = await search(100, { shelf: 'B' });
const sets = new Set(first.found.map(ids => [...ids].sort().join()));

expect('without the zeros every search is right, in order', absent.right);
expect('stored first, they make the ten items stored first the answer to everything',
  sets.size === 1 && first.found[0].every(id => id === 'zeros' || Number(id) < k - 1) && first.recall < 0.1);
expect('stored second, they cost a half of the true passages', second.recall > first.recall && second.recall < 0.6);
expect('stored later, they cost nothing', late.right && shelfA.right);
expect('but under a filter that makes them the first item again', new Set(shelfB.found.map(ids => [...ids].sort().join())).size === 1);

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  if (!seen) process.exitCode = 1;
}
EOF
node try.js
