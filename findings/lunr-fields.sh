#!/usr/bin/env bash
# lunr 2.3.9: what a word weighs that stands in two fields of a document, say title and body.
# Guess: the more documents have a word, the less it weighs, however many fields they are cut into.
# What happens: each field counts as a document of its own, so the count passes the number of documents, and the sign of what then is
#   negative is dropped. With two fields the weight falls to almost nothing at half of the documents, and rises again from there: a word
#   in all ten weighs eight times as much as one in five. A page on scanners that says "manual" once more leads all pages on printers for
#   "printer manual". In 2000 documents the word of one half is rounded to 0, said once or three times. In one field nothing of this is so.
# Why it matters: title and body (and tags) are how the search of a documentation site, or a first stage in the browser, is set up. The
#   words that divide a small corpus best choose nothing there, words that stand everywhere do, and boosts multiply what is left.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact lunr@2.3.9
cat > try.js << 'EOF'
import lunr from 'lunr';

console.log(`lunr ${lunr.version}`);
const build = (documents, ...fields) => lunr(function () {
  for (const field of fields)
    this.field(field);
  for (const document of documents)
    this.add(document);
});
const joined = documents => build(documents.map(({ id, title, body }) => ({ id, text: `${title} ${body}` })), 'text');
const apart = documents => build(documents, 'title', 'body');
const page = (kind, id, what) => ({ id, title: `${kind} manual`, body: `manual of ${what} pages and ${kind} tips` });

function search(name, index, words) {
  const found = index.search(words).map(({ ref, score }) => ({ ref, score }));
  console.log(`${name}, "${words}": ${found.map(({ ref, score }) => `${ref} (${score.toFixed(3)})`).join('  ')}`);
  return found;
}

const pages = [1, 2, 3, 4, 5].flatMap(i => [page('printer', `printer-${i}`, 'many'), page('scanner', `scanner-${i}`, 'many')]);
pages[9].body = pages[9].body.replace('many', 'manual');
const two = search('title and body', apart(pages), 'printer manual');
const one = search('one field', joined(pages), 'printer manual');

const top = index => index.search('printer')[0].score;
const steps = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(count => {
  const some = pages.map((_, i) => page(i < count ? 'printer' : 'scanner', i, 'many'));
  return { count, two: top(apart(some)), one: top(joined(some)) };
});
for (const { count, two, one } of steps)
  console.log(`"printer" in ${count} of 10: title and body ${two.toFixed(3)}, one field ${one.toFixed(3)}`);

const many = Array.from({ length: 2000 }, (_, i) => page(i % 2 ? 'printer' : 'scanner', i, 'many'));
many[1001].body = 'printer printer printer';
const half = apart(many).search('printer');
console.log(`"printer" in title and body of 1000 of 2000: ${half.length} found, scores ${[...new Set(half.map(row => row.score))]}`);

const falls = list => list.every((score, i) => i === 0 || score < list[i - 1]);
const rises = list => falls([...list].reverse());
const scores = steps.map(step => step.two);
let failed = false;
expect('a page without "printer" leads the five with it', two[0].ref === 'scanner-5' && two[1].ref.startsWith('printer'));
expect('in one field the five lead', one.slice(0, 5).every(row => row.ref.startsWith('printer')));
expect('the score falls up to half of the documents, then rises', falls(scores.slice(0, 5)) && rises(scores.slice(4)));
expect('in all documents it is eight times that in half of them', Math.round(scores[9] / scores[4]) === 8);
expect('in one field it falls all the way', falls(steps.map(step => step.one)));
expect('with 2000 documents all 1000 matches score 0', half.length === 1000 && half.every(row => row.score === 0));
process.exitCode = failed ? 1 : 0;

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  failed ||= !seen;
}
EOF
node try.js
