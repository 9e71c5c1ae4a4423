// The table of values in helm/prism/README.md, of the comments in values.yaml.
import yaml from 'js-yaml';
import { read } from './chart.mjs';

// [{path, value, text}] for each value with a comment above it, in the order of the file. What has none is part of the value above it.
export function rows() {
  const file = read('helm/prism/values.yaml');
  const values = yaml.load(file);
  const found = [];
  const parents = [];
  let comment = [];
  for (const line of file.split('\n')) {
    const [, spaces, key] = line.match(/^( *)([\w./-]+):/) ?? [];
    if (/^ *#/.test(line)) {
      comment.push(line.replace(/^ *# ?/, ''));
      continue;
    }
    if (key !== undefined) {
      parents.length = spaces.length / 2;
      parents.push(key);
      const path = parents.join('.');
      if (comment.length > 0) found.push({ path, value: parents.reduce((value, name) => value[name], values), text: comment.join(' ') });
    }
    comment = [];
  }
  return found;
}

const isGroup = (path, all) => all.some(row => row.path.startsWith(`${path}.`));

function renderDefault({ path, value }, all) {
  if (isGroup(path, all)) return '';
  if (value === '') return '–';
  const text = JSON.stringify(value);
  return text.length > 60 ? '[values.yaml](values.yaml)' : `\`${text.replaceAll('|', '\\|')}\``;
}

export function renderTable() {
  const all = rows();
  const lines = all.map(row => `| \`${row.path}\` | ${renderDefault(row, all)} | ${row.text.replaceAll('|', '\\|').replaceAll('{{', '{&#123;')} |`);
  return ['| value | default | |', '|---|---|---|', ...lines, ''].join('\n');
}
