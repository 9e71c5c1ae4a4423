// What operators look at: every metric in the dashboard and in the alerts is one that an exercised Prism exposes, and the queries are right.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import yaml from 'js-yaml';
import { chat, must, startPrism, until } from './engine.mjs';
import { only, read, renderSet, root } from './chart.mjs';

const dashboard = JSON.parse(read('helm/prism/dashboards/prism.json'));
const panels = dashboard.panels.flatMap(panel => [panel, ...(panel.panels ?? [])]);
const rules = yaml.load(read('helm/prism/rules/prism.yaml')).groups.flatMap(group => group.rules);

const queries = [
  ...panels.flatMap(panel => (panel.targets ?? []).map(target => [`panel "${panel.title}"`, target.expr])),
  ...dashboard.annotations.list.filter(list => list.expr).map(list => [`annotation "${list.name}"`, list.expr]),
  ...rules.map(rule => [`alert ${rule.alert}`, rule.expr]),
];
const variables = dashboard.templating.list.filter(list => list.type === 'query').map(list => [`variable "${list.name}"`, list.query.query]);

const admin = 'sk-admin-0123456789abcdef';
const asAdmin = { Authorization: `Bearer ${admin}` };
const json = { ...asAdmin, 'Content-Type': 'application/json' };

// Names that stand in a query and are no metric: functions, keywords and what is in their brackets.
const words = new Set(('abs absent and avg bool by ceil changes clamp_max clamp_min count delta deriv group_left group_right histogram_quantile ignoring increase '
  + 'irate label_replace label_values max max_over_time min min_over_time offset on or predict_linear quantile rate resets round sort sort_desc stddev '
  + 'sum sum_over_time time topk bottomk unless vector without').split(' '));

function metricsOf(query) {
  const bare = query.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/\{[^}]*\}/g, '').replace(/\[[^\]]*\]/g, '')
    .replace(/\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)/g, '').replace(/\$\w+/g, '')
    .replace(/(label_values\s*\([^,]*),[^)]*/g, '$1').replace(/\boffset\s+\w+/g, '');
  return [...bare.matchAll(/(?<![\w.])[a-zA-Z_:][\w:]*/g)].map(match => match[0]).filter(name => !words.has(name));
}

function exposedNames(page) {
  const names = new Set(['up']);
  for (const [, name, type] of page.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const parts = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const part of parts) {
      // A family without a single series is as good as none.
      if (new RegExp(`^${name}${part}[{ ]`, 'm').test(page)) names.add(name + part);
    }
  }

  return names;
}

function labelsOf(page, name) {
  const labels = {};
  for (const [, text] of page.matchAll(new RegExp(`^${name}\\{([^}]*)\\}`, 'gm'))) {
    for (const [, label, value] of text.matchAll(/(\w+)="([^"]*)"/g)) (labels[label] ??= new Set()).add(value);
  }
  return labels;
}

describe('What operators look at', () => {
  let prism;
  let page;
  before(async () => {
    const prices = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'prices-')), 'prices.json');
    fs.writeFileSync(prices, '{"echo":{"models":{"echo-v1":{"input":1,"output":2}}}}');
    fs.chmodSync(path.dirname(prices), 0o755);
    prism = await startPrism({
      LLM_PRICES_FILE: '/etc/prism/prices.json',
      LLM_CACHE_ENABLED: 'true',
      LLM_ADMIN_API_KEY: admin,
      LLM_ECHO_REQUESTS_PER_MINUTE: '1000',
      LLM_ECHO_TOKENS_PER_DAY: '1000000',
      LLM_FALLBACK_PROVIDERS: 'echo',
      LLM_RETRY_BACKOFF_MS: '1',
      LLM_PROVIDERS: 'away,narrow',
      LLM_AWAY_TYPE: 'openai', LLM_AWAY_BASE_URL: 'http://127.0.0.1:9/v1', LLM_AWAY_DEFAULT_MODEL: 'm',
      LLM_NARROW_TYPE: 'openai', LLM_NARROW_BASE_URL: 'http://127.0.0.1:9/v1', LLM_NARROW_DEFAULT_MODEL: 'm',
      LLM_NARROW_TOKENS_PER_DAY: '3', LLM_NARROW_DEFAULT_MAX_TOKENS: '2',
    }, ['--volume', `${prices}:/etc/prism/prices.json:ro`]);
    await exercise(prism.url);
    // The runtime reports the last garbage collection when there has been one.
    const long = { messages: [{ role: 'user', content: 'word '.repeat(200_000) }] };
    page = await until('a garbage collection', async () => {
      await (await chat(prism.url, long, { ...asAdmin, 'Cache-Control': 'no-store' })).text();
      const now = await (await fetch(`${prism.metricsUrl}/metrics`)).text();
      return /gc_last_collection_heap_size\{/.test(now) && now;
    });
  });
  after(() => prism?.remove());

  async function exercise(url) {
    for (const body of [{}, {}, { stream: true }, { stream: true, messages: [{ role: 'user', content: 'another' }] }]) {
      const answer = await chat(url, body, asAdmin);
      assert.equal(answer.status, 200);
      await answer.text();
    }
    // So many at once that not all are tried again.
    await Promise.all(Array.from({ length: 40 }, async (_, i) => (await chat(url, { model: 'away/m', seed: i }, asAdmin)).text()));
    await (await chat(url, { model: 'narrow/m', fallbacks: [] }, asAdmin)).text();
    const made = await fetch(`${url}/admin/keys`, { method: 'POST', headers: json, body: JSON.stringify({ name: 'one', requests_per_minute: 1 }) });
    const { key } = await made.json();
    const statuses = [];
    for (const content of ['once', 'twice']) {
      statuses.push((await chat(url, { messages: [{ role: 'user', content }] }, { Authorization: `Bearer ${key}` })).status);
    }
    assert.deepEqual(statuses, [200, 429]);
    const run = { steps: [{ template: 'Say {{ word }}', output_key: 'said' }], inputs: { word: 'hello' }, wait: 30 };
    const ran = await fetch(`${url}/v1/runs`, { method: 'POST', headers: json, body: JSON.stringify(run) });
    assert.equal((await ran.json()).status, 'succeeded');
    assert.equal((await chat(url, { messages: [] }, asAdmin)).status, 400);
    assert.equal((await fetch(`${url}/health`, { headers: asAdmin })).status, 200);
  }

  for (const [where, query] of [...queries, ...variables]) {
    it(`${where} asks for metrics that there are`, () => {
      const exposed = exposedNames(page);
      const metrics = metricsOf(query);
      assert.ok(metrics.length > 0, query);
      for (const metric of metrics) assert.ok(exposed.has(metric), `${metric} is not exposed`);
    });

    it(`${where} asks for labels that there are`, () => {
      for (const [, metric, matchers] of query.matchAll(/([a-zA-Z_:][\w:]*)\{([^}]*)\}/g)) {
        const labels = Object.keys(labelsOf(page, metric));
        for (const [, label] of matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)) {
          assert.ok([...labels, 'job', 'instance', 'le'].includes(label), `${metric} has no label ${label}`);
        }
      }
    });
  }

  it('has an autoscaler that goes by metrics that there are', () => {
    const metrics = only(renderSet('autoscaled'), 'HorizontalPodAutoscaler').spec.metrics.filter(metric => metric.type === 'Pods');
    const exposed = exposedNames(page);
    assert.deepEqual(metrics.map(metric => metric.pods.metric.name).filter(name => !exposed.has(name)), []);
    assert.equal(metrics.length, 2);
  });

  it('has queries that Prometheus understands', () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'queries-')), 'queries.yaml');
    const plain = query => query.replace(/\$__rate_interval/g, '5m').replace(/\$\w+/g, 'x');
    const records = queries.map(([, query], i) => ({ record: `query:${i}`, expr: plain(query) }));
    fs.writeFileSync(file, yaml.dump({ groups: [{ name: 'queries', rules: records }] }));
    must('promtool', ['check', 'rules', '--lint=none', file]);
  });

  it('has rules that Prometheus takes and that fire when they should', () => {
    must('promtool', ['check', 'rules', '--lint-fatal', path.join(root, 'helm/prism/rules/prism.yaml')]);
    must('promtool', ['test', 'rules', path.join(root, '.ci/deployment/rules.test.yaml')]);
    const tested = read('.ci/deployment/rules.test.yaml');
    for (const { alert } of rules) assert.match(tested, new RegExp(`\\b${alert}\\b`));
  });

  it('links every alert to what to do', () => {
    const headings = read('docs/operations.md').split('\n').filter(line => line.startsWith('#'))
      .map(line => line.replace(/^#+ /, '').toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-'));
    for (const { alert, annotations, labels } of rules) {
      const [file, anchor] = annotations.runbook_url.split('#');
      assert.equal(file, 'docs/operations.md');
      assert.ok(headings.includes(anchor), `${alert}: ${anchor}`);
      assert.ok(annotations.summary && annotations.description && labels.severity);
    }
  });

  it('is a dashboard that Grafana shows as it is meant', () => {
    assert.equal(dashboard.id ?? null, null);
    assert.ok(dashboard.uid && dashboard.title && dashboard.schemaVersion);
    assert.deepEqual(panels.map(panel => panel.id).sort((a, b) => a - b), panels.map((_, i) => i + 1));
    const defined = dashboard.templating.list.map(list => list.name);
    for (const [, name] of JSON.stringify(dashboard).matchAll(/\$\{?([a-z]\w*)/g)) assert.ok(defined.includes(name), `$${name}`);
    for (const panel of panels.filter(other => other.type !== 'row')) {
      assert.ok(panel.title && panel.description && panel.targets.length > 0, panel.title);
      assert.equal(panel.fieldConfig.defaults.unit !== undefined, true, panel.title);
      assert.deepEqual(panel.targets.map(target => target.refId), panel.targets.map((_, i) => String.fromCharCode(65 + i)));
    }
    const taken = new Map();
    for (const { gridPos: { x, y, w, h }, title } of panels) {
      assert.ok(x >= 0 && x + w <= 24, title);
      for (let i = x; i < x + w; i++) for (let j = y; j < y + h; j++) {
        assert.ok(!taken.has(`${i},${j}`), `"${title}" lies over "${taken.get(`${i},${j}`)}"`);
        taken.set(`${i},${j}`, title);
      }
    }
  });
});
