#!/usr/bin/env bash
# @huggingface/transformers 4.3.1 (JavaScript): truncation of a question and a passage.
# Guess: as in Python: truncation: true takes tokens from the longer text (longest_first), and [SEP] stays at the end.
# What happens: the finished sequence is cut at max_length. The last [SEP] is lost, and the whole cut falls on the passage: with
#   a question that fills the length nothing of it is left. The strategies' names are taken for "true". A single text loses
#   its [SEP], too.
# Why it matters: a re-ranker was trained on "[CLS] question [SEP] passage [SEP]" and reads another thing for every long passage
#   in the browser, so scores differ from those of the same model elsewhere, and just where passages are long.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact @huggingface/transformers@4.3.1
cat > try.js << 'EOF'
import fs from 'node:fs';
import { AutoTokenizer, env } from '@huggingface/transformers';

// a BERT tokenizer of a few words
const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'who', 'wrote', 'it', 'a', 'b', 'c', 'd', 'e', 'f', 'g'];
const special = (id, type_id) => ({ SpecialToken: { id, type_id } });
const text = (id, type_id) => ({ Sequence: { id, type_id } });
fs.mkdirSync('models/tiny', { recursive: true });
fs.writeFileSync('models/tiny/tokenizer.json', JSON.stringify({
  version: '1.0', truncation: null, padding: null, decoder: null,
  added_tokens: words.slice(0, 4).map((content, id) => (
    { id, content, special: true, single_word: false, lstrip: false, rstrip: false, normalized: false })),
  normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [special('[CLS]', 0), text('A', 0), special('[SEP]', 0)],
    pair: [special('[CLS]', 0), text('A', 0), special('[SEP]', 0), text('B', 1), special('[SEP]', 1)],
    special_tokens: Object.fromEntries([2, 3].map(id => [words[id], { id: words[id], ids: [id], tokens: [words[id]] }])),
  },
  model: {
    type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100,
    vocab: Object.fromEntries(words.map((word, id) => [word, id])),
  },
}));
fs.writeFileSync('models/tiny/tokenizer_config.json', JSON.stringify({ tokenizer_class: 'BertTokenizer', model_max_length: 16 }));

env.allowRemoteModels = false;
env.localModelPath = './models/';
console.log(`@huggingface/transformers ${env.version}`);
const tokenizer = await AutoTokenizer.from_pretrained('tiny');
async function read(question, options) {
  const { input_ids } = await tokenizer(question, { return_tensor: false, truncation: true, ...options });
  const tokens = input_ids.map(id => words[id]).join(' ');
  console.log(`${JSON.stringify(options)}: ${tokens}`);
  return tokens;
}

const whole = await read('who wrote it', { text_pair: 'a b c d e f g', max_length: 16 });
const pair = await read('who wrote it', { text_pair: 'a b c d e f g', max_length: 8 });
const first = await read('who wrote it', { text_pair: 'a b', max_length: 5, truncation: 'only_first' });
const single = await read('a b c d e f g', { max_length: 5 });
expect('without a cut the pair ends in [SEP]', whole === '[CLS] who wrote it [SEP] a b c d e f g [SEP]');
expect('with a cut it ends in the middle of the passage', pair === '[CLS] who wrote it [SEP] a b c');
expect('only_first leaves the question whole and no passage', first === '[CLS] who wrote it [SEP]');
expect('a single text loses its [SEP]', single === '[CLS] a b c d');

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  if (!seen) process.exitCode = 1;
}
EOF
node try.js
