#!/usr/bin/env bash
# llamaindex 0.12.1 (TypeScript, @llamaindex/core 0.6.22): maximal marginal relevance (MMR), beside @langchain/core 1.4.0.
# Guess: mmrThreshold 1 gives the order of similarity, as its counterpart lambda does in LangChain; the lower it is, the more other
#   passages come first. A copy of a passage that is taken already comes last.
# What happens: SimpleVectorStore takes mmrThreshold and does not use it: from 0.01 to 1 the answers are the same to the last digit, those
#   of 0.5. And a passage is held only against the one taken just before it, not against all that are taken: a copy stands third,
#   before a passage that says something new. The function below the store, getTopKMMREmbeddings, heeds its threshold, but there,
#   too, a copy stands third at 0.7 as at 0.01.
# Why it matters: MMR is there to keep copies out of the few passages that a prompt has room for. One of the first three is a copy
#   here where LangChain has none, and whoever tunes the threshold finds that no metric moves.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact llamaindex@0.12.1 @llamaindex/core@0.6.22 @langchain/core@1.4.0
cat > try.js << 'EOF'
import fs from 'node:fs';
import { maximalMarginalRelevance } from '@langchain/core/utils/math';
import { getTopKMMREmbeddings } from '@llamaindex/core/embeddings';
import { VectorStoreQueryMode } from '@llamaindex/core/vector-store';
import { SimpleVectorStore, TextNode } from 'llamaindex';

for (const name of ['llamaindex', '@llamaindex/core', '@langchain/core'])
  console.log(`${name} ${JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version}`);

const query = [1, 0, 0];
const passages = { // name, embedding of length 1
  'hours': [0.8, 0.6, 0],
  'hours, copy 1': [0.8, 0.6, 0],
  'hours, copy 2': [0.8, 0.6, 0],
  'address': [0.64, 0, Math.sqrt(1 - 0.64 ** 2)],
  'tickets': [0.6, -0.8, 0],
};
const [names, embeddings] = [Object.keys(passages), Object.values(passages)];
console.log(`similarity to the query: ${names.map((name, i) => `${name} ${embeddings[i][0]}`).join(' | ')}`);

const store = new SimpleVectorStore({ embeddingModel: {} }); // no model is needed: the embeddings are given
await store.add(names.map(name => new TextNode({ id_: name, text: name, embedding: passages[name] })));
const copies = ranking => ranking.filter(name => name.includes('copy')).length;

async function llamaIndex(mmrThreshold) {
  const { ids, similarities } = await store.query({
    queryEmbedding: query, similarityTopK: 5, mode: VectorStoreQueryMode.MMR, mmrThreshold,
  });
  console.log(`LlamaIndex store, ${mmrThreshold}: ${ids.map((id, i) => `${id} ${similarities[i].toFixed(3)}`).join(' | ')}`);
  return { ids, all: JSON.stringify([ids, similarities]) };
}

function llamaIndexFunction(threshold) {
  const [, ids] = getTopKMMREmbeddings(query, embeddings, null, 5, names, null, threshold);
  console.log(`LlamaIndex function, ${threshold}: ${ids.join(' | ')}`);
  return ids;
}

function langChain(lambda) {
  const ids = maximalMarginalRelevance(query, embeddings, lambda, 5).map(i => names[i]);
  console.log(`LangChain, ${lambda}: ${ids.join(' | ')}`);
  return ids;
}

const thresholds = [1, 0.7, 0.5, 0.3, 0.01];
const stored = [];
for (const threshold of thresholds)
  stored.push(await llamaIndex(threshold));
const called = thresholds.map(llamaIndexFunction);
const others = thresholds.map(langChain);

expect('LangChain goes from the order of similarity to copies last', copies(others[0].slice(0, 3)) === 2
  && [1, 2, 3, 4].every(i => copies(others[i].slice(0, 3)) === 0));
expect('the store gives the same answer and scores at every threshold', stored.every(one => one.all === stored[0].all));
expect('with a copy in third place', stored[0].ids[2].includes('copy') && !stored[0].ids[1].includes('copy'));
expect('the function gives the order of similarity at 1', String(called[0]) === String(others[0]));
expect('and has a copy third however low the threshold is', [1, 2, 3, 4].every(i => called[i][2].includes('copy')));

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  if (!seen) process.exitCode = 1;
}
EOF
node try.js
