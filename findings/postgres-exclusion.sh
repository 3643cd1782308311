#!/usr/bin/env bash
# @electric-sql/pglite 0.5.17 (PostgreSQL 18 in WebAssembly): ts_rank of a query with an exclusion.
# Guess: "-word" only filters; what is left keeps the ranks of the query without it.
# What happens: ts_rank of 'fox -cat' is 1e-20 for every match, so they all tie: the two words count as joined by AND, and the
#   rank is made of pairs of words present. 'fox -"cat food"' is worse: a passage may hold "cat" alone, and then the pair of the
#   wanted and the unwanted word puts it on top. ts_rank_cd keeps the ranks of 'fox'.
# Why it matters: websearch_to_tsquery gives users the minus sign; the moment one is typed, the candidates handed to a re-ranker
#   are in the order of the table, or led by what the user asked to avoid.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact @electric-sql/pglite@0.5.17
cat > try.js << 'EOF'
import { PGlite } from '@electric-sql/pglite';

const database = await PGlite.create();
const passages = ['fox fox fox', 'the fox', 'fox cat'];
console.log((await database.query('SELECT version()')).rows[0].version.slice(0, 40));

async function rank(name, query) {
  const { rows } = await database.query(
    `SELECT passage, ${name}(to_tsvector('simple', passage), query) AS rank
     FROM unnest($1::text[]) AS passage, websearch_to_tsquery('simple', $2) AS query
     WHERE to_tsvector('simple', passage) @@ query ORDER BY rank DESC`, [passages, query]);
  console.log(`${name}, ${query}: ${rows.map(row => `${row.passage} (${row.rank})`).join(', ')}`);
  return rows;
}

const plain = await rank('ts_rank', 'fox');
const word = await rank('ts_rank', 'fox -cat');
const phrase = await rank('ts_rank', 'fox -"cat food"');
const cover = await rank('ts_rank_cd', 'fox -cat');
expect('without an exclusion, more of the word ranks higher', plain[0].passage === 'fox fox fox' && plain[0].rank > plain[1].rank);
expect('with one all matches tie at 1e-20', word.length === 2 && word.every(row => row.rank < 1e-19));
expect('the passage with a word of the excluded phrase leads', phrase[0].passage === 'fox cat' && phrase[0].rank > plain[0].rank);
expect('ts_rank_cd still tells them apart', cover[0].passage === 'fox fox fox' && cover[0].rank > cover[1].rank);

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  if (!seen) process.exitCode = 1;
}
EOF
node try.js
