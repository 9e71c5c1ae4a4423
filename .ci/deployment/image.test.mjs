// The image, run as it is run in production.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { chat, engine, image, must, run, startPrism } from './engine.mjs';
import { read } from './chart.mjs';

describe('The image', () => {
  let prism;
  let process_;
  before(async () => {
    prism = await startPrism();
    process_ = `/proc/${prism.inspect('{{.State.Pid}}')}`;
  });
  after(() => prism?.remove());

  const status = (name, of = process_) => fs.readFileSync(`${of}/status`, 'utf8').match(new RegExp(`^${name}:\\s+(\\S+)`, 'm'))[1];

  it('serves', async () => {
    const answer = await chat(prism.url, {});
    assert.equal((await answer.json()).content, 'one two three four five');
  });

  it('runs as user 1000, with no capability and no way to one', () => {
    assert.equal(status('Uid'), '1000');
    assert.equal(BigInt(`0x${status('CapEff')}`), 0n);
    assert.equal(status('NoNewPrivs'), '1');
  });

  it('writes nothing to its file system', () => {
    const mounts = fs.readFileSync(`${process_}/mounts`, 'utf8').split('\n').map(line => line.split(' '));
    assert.ok(mounts.find(mount => mount[1] === '/')[3].split(',').includes('ro'));
    assert.ok(!mounts.some(mount => mount[1] === '/tmp'), 'nor does it need a place in memory');
  });

  it('listens at all the ports that it exposes', () => {
    const listening = ['tcp', 'tcp6'].flatMap(file => fs.readFileSync(`${process_}/net/${file}`, 'utf8').split('\n').slice(1))
      .map(line => line.trim().split(/\s+/)).filter(fields => fields[3] === '0A').map(fields => parseInt(fields[1].split(':')[1], 16));
    const exposed = Object.keys(JSON.parse(must(engine, ['image', 'inspect', '--format', '{{json .Config.ExposedPorts}}', image])))
      .map(port => parseInt(port, 10));
    assert.equal(exposed.length, 4);
    for (const port of exposed) assert.ok(listening.includes(port), `${port}`);
  });

  it('checks its own health', () => {
    assert.deepEqual(prism.exec('dotnet', 'Prism.Silo.dll', '--health'), { status: 0, text: '', error: '' });
    const other = prism.exec('dotnet', 'Prism.Silo.dll', '--health', 'http://127.0.0.1:9/healthz/ready');
    assert.equal(other.status, 1);
    const check = read('Dockerfile').match(/^HEALTHCHECK .* CMD (\[.*\])$/m)[1];
    assert.deepEqual(JSON.parse(check), ['dotnet', 'Prism.Silo.dll', '--health']);
  });

  it('has the version that it was built with, in its label and in what it says', async () => {
    const { Labels } = JSON.parse(must(engine, ['image', 'inspect', '--format', '{{json .Config}}', image]));
    const { version } = await (await fetch(`${prism.url}/health`)).json();
    assert.equal(Labels['org.opencontainers.image.version'], process.env.IMAGE_VERSION);
    assert.equal(version, process.env.IMAGE_VERSION);
  });

  it('says what it is, and has nothing of a debugger', () => {
    const { Labels, Env, User } = JSON.parse(must(engine, ['image', 'inspect', '--format', '{{json .Config}}', image]));
    for (const label of ['title', 'description', 'version', 'base.name']) assert.ok(Labels[`org.opencontainers.image.${label}`], label);
    assert.ok(Env.includes('DOTNET_EnableDiagnostics=0'));
    assert.match(User, /^1000(:0)?$/);
    assert.match(read('Dockerfile').match(/^FROM (?!--platform).*$/m)[0], /chiseled/);
  });

  it('runs as any other user', async () => {
    const other = await startPrism({}, ['--user', '123456:0']);
    try {
      assert.equal(status('Uid', `/proc/${other.inspect('{{.State.Pid}}')}`), '123456');
      assert.equal((await chat(other.url, {})).status, 200);
    } finally {
      other.remove();
    }
  });

  it('says in one line why it does not start', () => {
    const { status: exit, error } = run(engine, ['run', '--rm', '--env', 'LLM_DEFAULT_PROVIDER=nobody', image]);
    assert.equal(exit, 1);
    assert.match(error, /^prism: LLM_DEFAULT_PROVIDER.*$/m);
  });

  it('ends at SIGTERM, well', () => {
    prism.stop();
    assert.equal(prism.inspect('{{.State.ExitCode}}'), '0');
  });
});
