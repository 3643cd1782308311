#!/usr/bin/env bash
# pg_textsearch 1.5.1 as @electric-sql/pglite-pg_textsearch on @electric-sql/pglite: BM25 and updates of another column.
# Guess: a score follows from texts alone; counting the clicks of a passage in a column beside its text changes none.
# What happens: each update counts the passage once more, in the number of passages and in how many have its words, until VACUUM.
#   Passages with "fox" that are clicked twice fall behind those with "wolf", which twice as many have.
# Why it matters: what is touched most sinks, and the first stage of a re-ranker has other candidates before and after VACUUM, with
#   the same passages and the same query.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact \
    @electric-sql/pglite@0.5.14 @electric-sql/pglite-pg_textsearch@0.0.16
cat > try.js << 'END'
import { PGlite } from '@electric-sql/pglite';
import { pg_textsearch } from '@electric-sql/pglite-pg_textsearch';

const database = await PGlite.create({ extensions: { pg_textsearch } });
await database.exec(`
  CREATE EXTENSION pg_textsearch;
  CREATE TABLE passages (id int, clicks int, passage text);
  INSERT INTO passages SELECT i, 0, -- 100 foxes and 200 wolves among 1000 passages of about one length
    CASE WHEN i % 10 = 0 THEN 'fox ' WHEN i % 5 = 1 THEN 'wolf ' ELSE '' END || repeat('word' || i % 50 || ' ', 10)
    FROM generate_series(1, 1000) AS i;
  CREATE INDEX words ON passages USING bm25 (passage) WITH (text_config = 'simple')`);
console.log((await database.query("SELECT extname, extversion FROM pg_extension WHERE extname = 'pg_textsearch'")).rows[0]);
const click = () => database.exec("UPDATE passages SET clicks = clicks + 1 WHERE passage LIKE 'fox%'");

async function first(when) {
  const { rows } = await database.query(
    `SELECT passage, passage <@> to_bm25query('fox wolf', 'words') AS score
     FROM passages ORDER BY passage <@> to_bm25query('fox wolf', 'words') LIMIT 1`);
  const found = { word: rows[0].passage.split(' ')[0], score: -rows[0].score };
  console.log(`${when}: ${found.word} ${found.score.toFixed(4)}`);
  return found;
}

const before = await first('at first');
await click();
const once = await first('clicked once');
await click();
const twice = await first('clicked twice');
await database.exec('VACUUM passages');
const vacuumed = await first('after VACUUM');

expect('the rarer word leads', before.word === 'fox');
expect('an update of another column changes its score', once.score < 0.8 * before.score);
expect('a second one puts the other word on top', twice.word === 'wolf');
expect('VACUUM puts it right', vacuumed.word === 'fox' && Math.abs(vacuumed.score - before.score) < 1e-6);

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  if (!seen) process.exitCode = 1;
}
END
node try.js
