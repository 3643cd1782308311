#!/usr/bin/env bash
# @huggingface/tokenizers 0.2.0 (the tokenizer inside @huggingface/transformers 4.3.1): the pre-tokenizer `Whitespace`, beside the Rust
#   library that tokenizer.json files are made with (@anush008/tokenizers 0.6.0).
# Guess: one tokenizer.json, one list of tokens. The README says that the word characters of patterns are exactly those of Rust's.
# What happens: that holds for patterns in the file, not for `Whitespace`, which the file only names: there a word is A to Z, a to z,
#   0 to 9 and _. So an accented letter ends a word and starts one ("Müller" is M, ü, ller), and in Greek, Cyrillic or Chinese a comma
#   or a stop is part of the word. The same pattern written out as a `Split` gives Rust's tokens.
# Why it matters: nothing fails; a model in the browser or in Node gets other ids than in training, for most text that is not plain
#   English. A word-level vocabulary loses the word as unknown; with word pieces it falls to pieces. `Whitespace` came into
#   Transformers.js for two embedding models, one German and one Chinese: jina-embeddings-v2-base-de and -zh (its pull request 542).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact @huggingface/tokenizers@0.2.0 @anush008/tokenizers@0.6.0
cat > try.js << 'END'
import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import rust from '@anush008/tokenizers';

for (const name of ['@huggingface/tokenizers', '@anush008/tokenizers'])
  console.log(`${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`);

const words = ['Müller', 'kauft', 'Käse', 'Привет', 'мир', 'καλό', 'νερό', '北京', '上海', 'plain', 'English', ',', '.', '!', '，', '。'];
const letters = [...new Set(words.join(''))];
const wordLevel = { type: 'WordLevel', unk_token: '[UNK]', vocab: numbered(['[UNK]', ...words]) };
const wordPiece = {
  type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100,
  vocab: numbered(['[UNK]', ...words, ...letters, ...letters.map(letter => `##${letter}`)]),
};
const whitespace = { type: 'Whitespace' };
const split = { type: 'Split', pattern: { Regex: String.raw`\w+|[^\w\s]+` }, behavior: 'Removed', invert: true };

async function tokens(name, model, pre, text) {
  const file = {
    version: '1.0', truncation: null, padding: null, normalizer: null, pre_tokenizer: pre, post_processor: null, decoder: null, model,
    added_tokens: [{ id: 0, content: '[UNK]', single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }],
  };
  const names = Object.keys(model.vocab); // in the order of their ids
  const js = new Tokenizer(file, { unk_token: '[UNK]' }).encode(text).ids.map(id => names[id]);
  const reference = (await rust.Tokenizer.fromString(JSON.stringify(file)).encode(text)).getIds().map(id => names[id]);
  const same = String(js) === String(reference);
  console.log(`${name} "${text}": JavaScript ${js.join(' ')} | ${same ? 'Rust the same' : `Rust ${reference.join(' ')}`}`);
  return { js, reference, same };
}

const texts = ['Müller kauft Käse.', 'Привет, мир!', 'καλό νερό.', '北京，上海。'];
const byName = [], pieces = [], written = [];
for (const text of texts) {
  byName.push(await tokens('Whitespace, words', wordLevel, whitespace, text));
  pieces.push(await tokens('Whitespace, word pieces', wordPiece, whitespace, text));
  written.push(await tokens('Split, words', wordLevel, split, text));
}
const english = await tokens('Whitespace, words', wordLevel, whitespace, 'plain English, English.');

let failed = false;
expect('Rust knows every word', [...byName, ...pieces].every(({ reference }) => !reference.includes('[UNK]')));
expect('JavaScript cuts "Müller" and "Käse" at the accents', String(pieces[0].js) === 'M,ü,l,##l,##e,##r,kauft,K,ä,s,##e,.');
expect('as words they are unknown', String(byName[0].js) === '[UNK],[UNK],[UNK],kauft,[UNK],[UNK],[UNK],.');
expect('Russian and Greek words are unknown before a comma or stop', String(byName[1].js) === '[UNK],[UNK]' && String(byName[2].js) === 'καλό,[UNK]');
expect('a Chinese sentence is one unknown word', String(byName[3].js) === '[UNK]');
expect('the pattern written out gives what Rust gives', written.every(({ same }, i) => same && String(written[i].js) === String(byName[i].reference)));
expect('English is the same', english.same);
process.exitCode = failed ? 1 : 0;

function numbered(list) {
  return Object.fromEntries([...new Set(list)].map((token, id) => [token, id]));
}

function expect(what, seen) {
  console.log(`${seen ? 'as described' : 'CHANGED'}: ${what}`);
  failed ||= !seen;
}
END
node try.js
