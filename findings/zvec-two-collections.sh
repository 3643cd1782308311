#!/usr/bin/env bash
# @zvec/zvec 0.7.0 (x64 Linux): two collections of the same vectors, one as float32 and one as int8, searched by one process.
# Guess: collections know nothing of each other. Each finds in a comparison what it finds alone; int8 loses a little.
# What happens: the first HNSW index that a process opens or optimizes spoils those of the other kind that it opens later. Alone
#   float32 finds all of the true ten and int8 nearly all. Opened after int8, float32 finds almost none of them; on a processor with
#   AVX-512 VNNI int8 after float32 does no better. That the first collection is closed by then changes nothing. The files are sound,
#   and a new process has all well again. An exact search (isLinear) goes wrong together with the graph, and nothing is thrown or logged.
# Why it matters: what int8 costs is measured by opening both in one program. The answer is that one of them finds nothing, and which
#   one depends on their order; measured against the exact search instead of a truth from elsewhere, recall stays near 1. A service
#   with collections of both kinds ranks almost at random, or well, by the order in which it opens them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact @zvec/zvec@0.7.0
cat > try.js << 'EOF'
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import zvec from '@zvec/zvec';

const { ZVecCreateAndOpen, ZVecOpen, ZVecCollectionSchema, ZVecDataType, ZVecIndexType, ZVecMetricType, ZVecQuantizeType } = zvec;
const dimension = 384;
let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5;
const normal = () => random() + random() + random() + random();
const unit = vector => vector.map(x => x / Math.hypot(...vector));
const passages = Array.from({ length: 300 }, () => unit(Array.from({ length: dimension }, normal)));
const queries = passages.slice(0, 20).map(passage => unit(passage.map(x => x + normal() / 50)));
const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const truth = queries.map(query => passages.map((passage, i) => ({ id: `p${i}`, score: cosine(query, passage) }))
  .sort((a, b) => b.score - a.score).slice(0, 10).map(row => row.id));

function found(collection, query, isLinear) {
  const params = { indexType: ZVecIndexType.HNSW, isLinear };
  return collection.querySync({ fieldName: 'embedding', vector: query, topk: 10, params }).map(row => row.id);
}

function share(lists, wanted) { // of the wanted ids, over all queries
  return lists.flatMap((list, i) => list.filter(id => wanted[i].includes(id))).length / wanted.flat().length;
}

function build(name) {
  const collection = ZVecCreateAndOpen(name, new ZVecCollectionSchema({
    name,
    vectors: {
      name: 'embedding', dataType: ZVecDataType.VECTOR_FP32, dimension,
      indexParams: {
        indexType: ZVecIndexType.HNSW, metricType: ZVecMetricType.COSINE,
        quantizeType: name === 'int8' ? ZVecQuantizeType.INT8 : ZVecQuantizeType.UNDEFINED,
      },
    },
  }));
  collection.insertSync(passages.map((embedding, i) => ({ id: `p${i}`, vectors: { embedding } })));
  collection.optimizeSync();
  collection.closeSync();
}

function search(name) {
  const collection = ZVecOpen(name);
  const [graph, exact] = [false, true].map(isLinear => queries.map(query => found(collection, query, isLinear)));
  const result = { name, recall: share(graph, truth), exact: share(exact, truth), agree: share(graph, exact) };
  collection.closeSync(); // before the next one is opened
  return result;
}

// a new process for each step, as what one has opened is what matters
const inProcess = (...steps) => execFileSync(process.execPath, ['try.js', ...steps], { encoding: 'utf8' });

function opened(...names) {
  const results = JSON.parse(inProcess('search', ...names).trim().split('\n').at(-1));
  const shown = results.map(row => `${row.name} ${row.recall.toFixed(2)} (exact search ${row.exact.toFixed(2)}, the two agree ${row.agree.toFixed(2)})`);
  console.log(`recall of the true ten, opened in this order: ${shown.join(', then ')}`);
  return results;
}

const [step, ...names] = process.argv.slice(2);
if (step === 'build') {
  build(names[0]);
} else if (step === 'search') {
  console.log(JSON.stringify(names.map(search)));
} else {
  console.log(`@zvec/zvec ${JSON.parse(fs.readFileSync('node_modules/@zvec/zvec/package.json')).version}`);
  inProcess('build', 'float32');
  inProcess('build', 'int8');
  const [float32] = opened('float32');
  const [int8] = opened('int8');
  const [int8First, float32Second] = opened('int8', 'float32');
  const [float32First, int8Second] = opened('float32', 'int8');
  const [float32Again] = opened('float32');
  expect('alone both find what they should', float32.recall > 0.98 && int8.recall > 0.9);
  expect('and so does the one that comes first', int8First.recall === int8.recall && float32First.recall > 0.98);
  expect('after int8, float32 finds almost nothing', float32Second.recall < 0.2);
  expect('not even by an exact search, with which it agrees', float32Second.exact < 0.2 && float32Second.agree > 0.9);
  expect('its files are sound', float32Again.recall > 0.98);
  if (fs.existsSync('/proc/cpuinfo') && fs.readFileSync('/proc/cpuinfo', 'utf8').includes('avx512_vnni'))
    expect('after float32, int8 finds almost nothing', int8Second.recall < 0.2);
}

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  if (!seen) process.exitCode = 1;
}
EOF
node try.js
