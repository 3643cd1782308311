#!/usr/bin/env bash
# @orama/orama 3.1.18: a weight of 0 in hybrid search.
# Guess: hybridWeights { text: 1, vector: 0 } gives the text's order, { text: 0, vector: 1 } the vectors'.
# What happens: with a 0 in them both weights are dropped in silence and 0.5 and 0.5 taken: all three searches return the same
#   scores. A weight of 0.000001 works.
# Why it matters: whoever tunes the mix sweeps it from 0 to 1 and takes the two ends for the baselines "text alone" and "vectors
#   alone". Here both ends are the middle, the curve has a jump at each end, and the gain of the mix over its parts is wrong.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact @orama/orama@3.1.18
cat > try.js << 'EOF'
import fs from 'node:fs';
import { create, insert, search } from '@orama/orama';

console.log(`@orama/orama ${JSON.parse(fs.readFileSync('node_modules/@orama/orama/package.json')).version}`);
const index = create({ schema: { text: 'string', embedding: 'vector[2]' } });
await insert(index, { id: 'words', text: 'fox', embedding: [0.3, 1] });
await insert(index, { id: 'both', text: 'fox and a few more words', embedding: [1, 0.6] });
await insert(index, { id: 'meaning', text: 'vixen', embedding: [1, 0] });

async function hybrid(text, vector) {
  const { hits } = await search(index, {
    mode: 'hybrid', term: 'fox', vector: { value: [1, 0], property: 'embedding' }, similarity: 0, hybridWeights: { text, vector },
  });
  const found = hits.map(hit => `${hit.id} ${hit.score.toFixed(3)}`).join(', ');
  console.log(`text ${text}, vector ${vector}: ${found}`);
  return found;
}

const middle = await hybrid(0.5, 0.5);
const text = await hybrid(1, 0);
const vector = await hybrid(0, 1);
const nearlyText = await hybrid(1, 0.000001);
const nearlyVector = await hybrid(0.000001, 1);
expect('1 and 0, 0 and 1, and 0.5 and 0.5 are the same search', text === middle && vector === middle);
expect('nearly 0 gives the order of the text', nearlyText.startsWith('words'));
expect('and of the vectors', nearlyVector.startsWith('meaning'));

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  if (!seen) process.exitCode = 1;
}
EOF
node try.js
