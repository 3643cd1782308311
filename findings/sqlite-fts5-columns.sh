#!/usr/bin/env bash
# @sqlite.org/sqlite-wasm 3.54.1-build1: what a column that is not searched does to FTS5's bm25().
# Guess: bm25(t, 1, 0) gives the second column the weight 0, and the filter {body}: leaves the others out, so that what stands in
#   those columns has no influence on the order.
# What happens: matches there do not count, but the column's words still count for the row's length. Of two rows with the same title
#   and body, the one with a long column of notes scores about a fifth of the other, whether its notes weigh 0, are filtered out, or
#   weigh 1; and a row with more matches loses to one with fewer.
# Why it matters: passages are often stored with their source, metadata or raw text beside the searched text. Such a table is no BM25
#   baseline: long companions push answers down, and weights tuned for the columns cannot undo it. A table of its own per field can.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact @sqlite.org/sqlite-wasm@3.54.1-build1
cat > try.js << 'EOF'
import sqlite from '@sqlite.org/sqlite-wasm';

const api = await sqlite({ print: () => {} });
console.log(`SQLite ${api.version.libVersion}`);
const db = new api.oo1.DB(':memory:');
db.exec('create virtual table passages using fts5(body, notes)');
const add = (body, notes) => db.exec({ sql: 'insert into passages values (?, ?)', bind: [body, notes] });
const log = 'checked by the archive '.repeat(20);
add('the fox sleeps', 'x');
add('the fox sleeps', log);
add('the fox is a fox', log);
for (let i = 0; i < 20; i++) add('the dog sleeps', 'x');

const scores = (query, weights) => {
  const found = Object.fromEntries(
    db.selectArrays(`select rowid, -bm25(passages, ${weights}) from passages where passages match '${query}'`));
  console.log(`${query} with weights ${weights}: short notes ${found[1].toFixed(3)}, long notes ${found[2].toFixed(3)}, `
    + `two foxes and long notes ${found[3].toFixed(3)}`);
  return found;
};
const plain = scores('fox', '1, 1'), weightless = scores('fox', '1, 0'), filtered = scores('{body}: fox', '1, 1');

let failed = false;
expect('a column of weight 0 still makes a row longer: the same body scores less than a quarter', weightless[2] < weightless[1] / 4);
expect('so does one that the query leaves out', filtered[2] < filtered[1] / 4);
expect('to the last digit as if it were searched', [1, 2, 3].every(row => plain[row] === weightless[row] && plain[row] === filtered[row]));
expect('two matches lose to one', weightless[3] < weightless[1]);
process.exitCode = failed ? 1 : 0;

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  failed ||= !seen;
}
EOF
node try.js
