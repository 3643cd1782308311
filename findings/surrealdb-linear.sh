#!/usr/bin/env bash
# @surrealdb/node 3.0.3 (SurrealDB 3.0.2) with surrealdb 2.0.8: search::linear when the keyword search finds one passage.
# Guess: the only keyword match is the best of its list, so 'minmax' makes it 1, and with ten times the weight of the vector search
#   it leads. Documented is (score - min) / (max - min), which leaves one score, or equal ones, open.
# What happens: it becomes 0, with 'zscore' too, as if it had not been found, and no weight changes that: the passage with the code
#   that was asked for stays last. Equal scores become 0, too. With two different ones under 'zscore' the weaker match
#   gets -10, and falls below passages that the keyword search did not find. search::rrf puts the match first.
# Why it matters: one exact match - a part number, a name, an error code - is what hybrid search has a keyword half for. Weights tuned
#   on common words look right, and on such queries the fused list is the vector search's own, which a re-ranker may never see past.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact @surrealdb/node@3.0.3 surrealdb@2.0.8
cat > try.js << 'EOF'
import { Surreal } from 'surrealdb';
import { createNodeEngines } from '@surrealdb/node';

const db = new Surreal({ engines: createNodeEngines() });
await db.connect('mem://');
await db.use({ namespace: 'findings', database: 'findings' });
console.log((await db.version()).version);
await db.query(`
  DEFINE ANALYZER words TOKENIZERS blank FILTERS lowercase;
  DEFINE TABLE passage;
  DEFINE INDEX of_text ON passage FIELDS text FULLTEXT ANALYZER words BM25(1.2, 0.75);
  DEFINE INDEX of_vector ON passage FIELDS vector HNSW DIMENSION 2 DIST COSINE`);
const passages = {
  valve: ['how to reset a valve', 0.1], pump: ['how to reset a pump', 0.2], button: ['the reset button', 0.3],
  code: ['code e42 means a blocked filter', 0.4], garden: ['the garden in spring', 1.2], songs: ['a song about summer and a lake', 1.3],
  lists: ['all the codes such as e77 and e78 in one long list for those who repair', 1.4], short: ['e77 is noise', 0.5],
  twin: ['e55 here', 1.5], other: ['e55 there', 1.55],
};
for (const [id, [text, angle]] of Object.entries(passages))
  await db.query(`CREATE type::record('passage', $id) SET text = $text, vector = $vector`,
    { id, text, vector: [Math.cos(angle), Math.sin(angle)] });

async function fuse(words, call) {
  const results = await db.query(`
    LET $near = SELECT id, vector::distance::knn() AS distance FROM passage WHERE vector <|4, 40|> [1.0, 0.0] ORDER BY distance;
    LET $exact = SELECT id, search::score(1) AS ft_score FROM passage WHERE text @1@ $words ORDER BY ft_score DESC;
    RETURN $exact;
    RETURN ${call}`, { words });
  const [exact, fused] = results.slice(-2);
  const list = fused.map(row => ({ id: String(row.id.id), score: row.linear_score ?? row.rrf_score }));
  console.log(`${words}, found by words: ${exact.map(row => `${row.id.id} (${row.ft_score.toFixed(2)})`).join(', ')}; ${call}: `
    + list.map(row => `${row.id} (${row.score.toFixed(3)})`).join(', '));
  return Object.assign(list, { of: id => list.find(row => row.id === id).score });
}

const linear = (weight, norm) => `search::linear([$near, $exact], [1, ${weight}], 10, '${norm}')`;
const minmax = await fuse('e42', linear(10, 'minmax'));
const heavy = await fuse('e42', linear(1000, 'minmax'));
const without = await fuse('e42', linear(0, 'minmax'));
const zscore = await fuse('e42', linear(10, 'zscore'));
const two = await fuse('e77', linear(10, 'zscore'));
const equal = await fuse('e55', linear(10, 'minmax'));
const rrf = await fuse('e42', 'search::rrf([$near, $exact], 10, 60)');
await db.close();

let failed = false;
const same = (a, b) => a.every((row, i) => row.id === b[i].id && row.score === b[i].score);
expect('the only match comes last with a weight of 10', minmax.at(-1).id === 'code' && minmax.of('code') === 0);
expect('a weight of 0 or 1000 gives the same scores', same(minmax, without) && same(minmax, heavy));
expect('two equal matches get 0, too', equal.of('twin') === 0 && equal.of('other') === 0 && equal[0].id === 'valve');
expect('zscore puts it last, too', zscore.at(-1).id === 'code');
expect('of two matches zscore pushes the weaker one below what words did not find', two[0].id === 'short' && two.at(-1).id === 'lists'
  && Math.abs(two.of('lists') + 10) < 1e-6);
expect('search::rrf has the match first', rrf[0].id === 'code');
process.exit(failed ? 1 : 0); // the engine in the process would keep it alive

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  failed ||= !seen;
}
EOF
node try.js
