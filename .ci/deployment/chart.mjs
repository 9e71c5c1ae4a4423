// Renders the chart with HELM, a program with Helm's command line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import yaml from 'js-yaml';

export const root = path.resolve(import.meta.dirname, '../..');
export const chart = path.join(root, 'helm/prism');
const helm = process.env.HELM ?? 'helm';

// Fixed, so that what is rendered does not depend on who renders it.
const kubeVersion = '1.34.0';

export const read = file => fs.readFileSync(path.join(root, file), 'utf8');

// The sets of values: the least that there can be, and the files of helm/prism/ci by their names.
export const valueSets = ['', ...fs.readdirSync(path.join(chart, 'ci')).map(file => file.replace('-values.yaml', '')).sort()];

// What has no default.
export const image = ['--set-json', 'image.repository="registry.example.com/prism"'];

export const set = (...pairs) => [...image, ...pairs.flatMap(pair => ['--set-json', pair])];

export function helmTemplate(args, { release = 'prism', namespace = 'prism', kube = kubeVersion } = {}) {
  const result = spawnSync(helm, ['template', release, chart, '--namespace', namespace, '--kube-version', kube, ...args], { encoding: 'utf8' });
  if (result.error) throw result.error;
  return { text: result.stdout, error: result.status === 0 ? null : result.stderr };
}

export function render(args = image, options = {}) {
  const { text, error } = helmTemplate(args, options);
  if (error) throw new Error(error);
  return yaml.loadAll(text).filter(Boolean);
}

export const renderSet = name => render(name ? ['--values', path.join(chart, `ci/${name}-values.yaml`)] : image, { release: name || 'prism' });

export const ofKind = (objects, kind) => objects.filter(object => object.kind === kind);

export function only(objects, kind) {
  const found = ofKind(objects, kind);
  if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind}`);
  return found[0];
}

export const selects = (selector, labels) => Object.entries(selector).length > 0
  && Object.entries(selector).every(([name, value]) => labels?.[name] === value);

// By the OpenAPI of Kubernetes, with KUBE_VALIDATE: a program and its first arguments.
export function assertKubernetesUnderstands(objects) {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'chart-')), 'rendered.yaml');
  fs.writeFileSync(file, objects.map(object => yaml.dump(object, { noRefs: true })).join('---\n'));
  const [program, ...args] = process.env.KUBE_VALIDATE.split(' ');
  const result = spawnSync(program, [...args, file], { encoding: 'utf8' });
  assert.equal(result.status, 0, result.stdout + result.stderr);
}
