// The compose file, brought up. COMPOSE is `docker compose` or a program with the same command line.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import yaml from 'js-yaml';
import { chat, engine, must, until } from './engine.mjs';
import { read, root } from './chart.mjs';

const [program, ...words] = (process.env.COMPOSE ?? 'docker compose').split(' ');
const file = yaml.load(read('docker-compose.yml'));
const ports = { LLM_PORT: '18400', LLM_METRICS_PORT: '18401', PROMETHEUS_PORT: '18402', GRAFANA_PORT: '18403' };
const environment = path.join(process.env.WORK ?? '/tmp', 'compose.env');
const env = { ...process.env, ...ports, PRISM_ENV_FILE: environment, COMPOSE_PROJECT_NAME: 'prism-check' };
const compose = (...args) => must(program, [...words, '--file', path.join(root, 'docker-compose.yml'), ...args], { env, cwd: root, timeout: 180_000 });
const url = `http://127.0.0.1:${ports.LLM_PORT}`;
const silos = () => must(engine, ['ps', '--quiet', '--filter', 'name=prism-check.silo']).split('\n');

// Grafana has no stand-in: what it is given is checked without it.
const services = process.env.COMPOSE_SERVICES?.split(' ') ?? ['redis', 'silo', 'proxy', 'prometheus', 'grafana'];

describe('The compose file', () => {
  before(() => {
    fs.writeFileSync(environment, 'LLM_ECHO_DELAY_MS=150\nLLM_PORT=1\nLLM_REDIS_URL=redis://nowhere:6379\n');
    compose('up', '--detach', '--no-build', ...services);
  });
  after(() => compose('down', '--timeout', '5', '--volumes'));

  it('brings up three silos that are one cluster', async () => {
    const health = await until('three silos', async () => {
      const report = await (await fetch(`${url}/health`)).json();
      return report.cluster.silos.filter(silo => silo.status === 'active').length === 3 && report;
    }, { seconds: 120 });
    assert.equal(health.cluster.storage.kind, 'redis');
  });

  it('passes streams on as they come', async () => {
    const started = performance.now();
    const answer = await chat(url, { stream: true });
    const times = [];
    for await (const _ of answer.body) times.push(performance.now() - started);
    // Pieces that come close together may be read as one: what counts is that they do not all come at the end.
    assert.ok(times.length >= 2, `${times.length} pieces`);
    assert.ok(times.at(-1) - times[0] >= 300, `the last of ${times.length} pieces came ${times.at(-1) - times[0]} ms after the first`);
  });

  it('keeps what Redis is told', () => {
    const redis = must(engine, ['ps', '--quiet', '--filter', 'name=prism-check.redis']);
    const setting = name => must(engine, ['exec', redis, 'redis-cli', 'config', 'get', name]).split('\n')[1];
    assert.equal(setting('appendonly'), 'yes');
    assert.equal(setting('maxmemory-policy'), 'noeviction');
    assert.deepEqual(file.services.redis.volumes, ['redis:/data']);
  });

  it('has Prometheus scrape every silo and watch over it', async () => {
    const ask = async what => (await (await fetch(`http://127.0.0.1:${ports.PROMETHEUS_PORT}/api/v1/${what}`)).json()).data;
    await until('three targets', async () => (await ask('targets')).activeTargets.filter(target => target.health === 'up').length === 3);
    const { groups } = await ask('rules');
    assert.ok(groups.length > 0 && groups.every(group => group.rules.length > 0));
    await until('evaluated rules', async () => (await ask('rules')).groups.every(group => group.rules.every(rule => rule.health === 'ok')));
  });

  it('goes on when a silo dies', async () => {
    must(engine, ['kill', silos()[0]]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => chat(url, {})));
    assert.deepEqual(answers.map(answer => answer.status), Array(20).fill(200));
  });

  it('gives Grafana a dashboard and the data source that it asks', () => {
    const [target] = file.services.grafana.volumes.filter(volume => volume.includes('dashboards')).map(volume => volume.split(':')[1]);
    const [provider] = yaml.load(read('compose/grafana/provisioning/dashboards/prism.yml')).providers;
    assert.equal(provider.options.path, target);
    const [source] = yaml.load(read('compose/grafana/provisioning/datasources/prometheus.yml')).datasources;
    assert.equal(source.type, 'prometheus');
    assert.equal(source.url, 'http://prometheus:9090');
  });

  it('mounts what there is', () => {
    for (const volume of Object.values(file.services).flatMap(service => service.volumes ?? [])) {
      const [from] = volume.split(':');
      assert.ok(from in file.volumes || fs.existsSync(path.join(root, from)), volume);
    }
  });

  it('confines the silos', () => {
    for (const { read_only, cap_drop, security_opt } of [file.services.prism, file.services.silo, file.services.proxy]) {
      assert.deepEqual([read_only, cap_drop, security_opt], [true, ['ALL'], ['no-new-privileges:true']]);
    }
  });

  it('runs one silo alone, without Redis', async () => {
    compose('down', '--timeout', '5', '--volumes');
    compose('up', '--detach', '--no-build', 'prism');
    const health = await until('one silo', async () => (await fetch(`${url}/health`)).json());
    assert.equal(health.cluster.silos.length, 1);
    assert.equal(health.cluster.storage.kind, 'memory');
    assert.equal((await fetch(`http://127.0.0.1:${ports.LLM_METRICS_PORT}/metrics`)).status, 200);
    const running = must(engine, ['ps', '--quiet', '--filter', 'name=prism-check']).split('\n');
    assert.equal(running.length, 1);
  });
});
