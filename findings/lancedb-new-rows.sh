#!/usr/bin/env bash
# @lancedb/lancedb 0.39.0: the full-text score of a passage that was added after the index was made.
# Guess: a full-text search over old and new rows scores them by one set of statistics, so that two passages with the same text tie;
#   or the new ones are not found until the index is brought up to date.
# What happens: they are found at once, but scored by statistics that count them in, while the indexed rows keep those of the index.
#   The same text gets two scores in one answer: after one more such row the new copy scores below the old one, after many rows without
#   the word above it. A worse match can so pass a better one. optimize() makes the two tie.
# Why it matters: a table that grows while it is searched ranks by age as well as by words, and a figure measured between the load and
#   optimize() is not that of the finished index. Fusion by score carries it on.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact @lancedb/lancedb@0.39.0 apache-arrow@18.1.0
cat > try.js << 'EOF'
import fs from 'node:fs';
import { connect, Index } from '@lancedb/lancedb';

console.log(`@lancedb/lancedb ${JSON.parse(fs.readFileSync('node_modules/@lancedb/lancedb/package.json')).version}`);
const db = await connect('database');
const table = await db.createTable('passages', ['fox', 'fox sleeps', 'cat', 'dog', 'owl'].map((text, id) => ({ id, text })));
await table.createIndex('text', { config: Index.fts() });

async function scores(when) {
  const found = await table.search('fox', 'fts').limit(50).toArray();
  console.log(`${when}: ${found.map(row => `${row.id < 5 ? 'old' : 'new'} "${row.text}" ${row._score.toFixed(3)}`).join(', ')}`);
  return Object.fromEntries(found.map(row => [row.id, row._score]));
}

const indexed = await scores('indexed');
await table.add([{ id: 10, text: 'fox' }]);
const one = await scores('one row added');
await table.add(Array.from({ length: 20 }, (_, i) => ({ id: 20 + i, text: 'tree' })).concat([{ id: 11, text: 'fox sleeps' }]));
const many = await scores('twenty without the word and "fox sleeps" added');
await table.optimize();
const optimized = await scores('after optimize()');

const same = (a, b) => Math.abs(a - b) < 1e-4;
expect('old rows keep the scores of the index', same(indexed[0], one[0]) && same(indexed[0], many[0]));
expect('the same text scores less when new, then more', one[10] < one[0] - 0.1 && many[10] > many[0] + 0.1);
expect('a new row that fits worse passes an old one that fits better', many[11] > many[0]);
expect('optimize() makes the same texts tie', same(optimized[10], optimized[0]) && same(optimized[11], optimized[1]));

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  if (!seen) process.exitCode = 1;
}
EOF
node try.js
