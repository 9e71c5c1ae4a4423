// Which version a build has, and that every place says the same.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import yaml from 'js-yaml';
import { read, root } from './chart.mjs';

const project = 'src/Grains.Interfaces/Grains.Interfaces.csproj';
const buildFiles = ['Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props', 'global.json', 'src/Directory.Build.props', project];

function must(program, args, options) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', ...options });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${error ?? stderr}${stdout}`);
  return stdout;
}

// A folder with what decides about the version, and git commands to run in it.
function folder(...commands) {
  const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'version-'));
  for (const file of buildFiles) {
    fs.mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true });
    fs.copyFileSync(path.join(root, file), path.join(cwd, file));
  }
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', '-c', 'tag.gpgsign=false'];
  for (const command of commands) must('git', [...identity, ...command.split(' ')], { cwd });
  return cwd;
}

const properties = ['Version', 'AssemblyVersion', 'FileVersion', 'InformationalVersion', 'PackageVersion'];

function versionsIn(cwd, args = [], env = process.env) {
  const wanted = properties.map(name => `-getProperty:${name}`);
  const text = must('dotnet', ['msbuild', project, '-nologo', '-warnaserror', '-t:GetAssemblyVersion', ...wanted, ...args], { cwd, env });
  return JSON.parse(text).Properties;
}

const init = 'init --quiet';
const commit = 'commit --quiet --allow-empty --message=x';
const start = [init, commit];

describe('A version', () => {
  const cases = [
    ['is a tag', [...start, 'tag v1.2.3'], '1.2.3', '1.2.3.0'],
    ['is an annotated tag', [...start, 'tag v10.20.30 --annotate --message=x'], '10.20.30', '10.20.30.0'],
    ['is above the tag before it', [...start, 'tag v1.2.3', commit, commit], '1.2.4-alpha.0.2', '1.2.4.0'],
    ['is the tag of a prerelease', [...start, 'tag v2.0.0-rc.1'], '2.0.0-rc.1', '2.0.0.0'],
    ['is above the prerelease before it', [...start, 'tag v2.0.0-rc.1', commit], '2.0.0-rc.1.1', '2.0.0.0'],
    ['is the release, where one commit has the prerelease too', [...start, 'tag v2.0.0', 'tag v2.0.0-rc.2'], '2.0.0', '2.0.0.0'],
    ['is the highest tag', [...start, 'tag v1.10.0', 'tag v1.9.0'], '1.10.0', '1.10.0.0'],
    ['is not a tag of another branch', [...start, 'tag v1.0.0', 'checkout --quiet -b other', commit, 'tag v9.0.0', 'checkout --quiet -'], '1.0.0', '1.0.0.0'],
    ['is not a tag of another form', [...start, 'tag release-7', 'tag v1', 'tag v1.2'], '0.0.0-dev', '0.0.0.0'],
    ['is not a tag that is no version', [...start, 'tag v1.2.3.4'], '0.0.0-dev', '0.0.0.0'],
    ['is no release without a tag', start, '0.0.0-dev', '0.0.0.0'],
    ['is no release before the first commit', [init], '0.0.0-dev', '0.0.0.0'],
    ['is no release without a history', [], '0.0.0-dev', '0.0.0.0'],
  ];
  for (const [what, commands, version, assembly] of cases) {
    it(`${what}: ${version}`, () => {
      const found = versionsIn(folder(...commands));
      assert.equal(found.Version, version);
      assert.equal(found.AssemblyVersion, assembly);
      assert.equal(found.FileVersion, assembly);
      assert.equal(found.InformationalVersion.split('+')[0], version);
      assert.equal(found.PackageVersion, version);
    });
  }

  it('is the one that is given, whatever the tag', () => {
    assert.equal(versionsIn(folder(...start, 'tag v1.2.3'), ['-p:Version=3.4.5']).Version, '3.4.5');
    assert.equal(versionsIn(folder(), ['-p:Version=3.4.5-beta.1']).Version, '3.4.5-beta.1');
  });

  it('needs no git, and is not a variable of the environment', () => {
    const dotnet = must('sh', ['-c', 'command -v dotnet']).trim();
    const programs = fs.mkdtempSync(path.join(os.tmpdir(), 'programs-'));
    fs.symlinkSync(fs.realpathSync(dotnet), path.join(programs, 'dotnet'));
    fs.symlinkSync('/bin/sh', path.join(programs, 'sh'));
    assert.equal(versionsIn(folder(...start, 'tag v1.2.3'), [], { ...process.env, PATH: programs, VERSION: '12 (bookworm)' }).Version, '0.0.0-dev');
  });

  it('is not that of a repository around an archive', () => {
    const outer = folder(...start, 'tag v7.0.0');
    const inner = path.join(outer, 'vendor');
    fs.cpSync(folder(), inner, { recursive: true });
    assert.equal(versionsIn(inner).Version, '0.0.0-dev');
  });
});

describe('The image', () => {
  it('is built of all that decides about its version', () => {
    const copied = read('Dockerfile').split('\n').filter(line => line.startsWith('COPY ') && !line.includes('--from')).join(' ').split(' ');
    const sent = read('.dockerignore').split('\n').filter(line => line.startsWith('!')).map(line => line.slice(1));
    for (const file of buildFiles) {
      assert.ok(copied.some(name => name === file || (name.endsWith('/') && file.startsWith(name))), `the Dockerfile does not copy ${file}`);
      assert.ok(sent.some(name => name === file || file.startsWith(`${name}/`)), `.dockerignore leaves out ${file}`);
    }
  });
});

describe('A release', () => {
  const released = [...read('CHANGELOG.md').matchAll(/^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$/gm)];
  const chart = yaml.load(read('helm/prism/Chart.yaml'));

  it('is in the changelog, the newest first, under what is not released', () => {
    const headings = [...read('CHANGELOG.md').matchAll(/^## (.*)$/gm)].map(match => match[1]);
    assert.equal(headings[0], '[Unreleased]');
    assert.equal(headings.length, released.length + 1, headings.join(', '));
    const order = released.map(([, version]) => version.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0));
    assert.deepEqual(order, [...order].sort((a, b) => b - a));
    const kinds = [...read('CHANGELOG.md').matchAll(/^### (.*)$/gm)].map(match => match[1]);
    for (const kind of kinds) assert.ok(['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'].includes(kind), kind);
  });

  it('is the version of the chart, and of the image that it runs', () => {
    assert.equal(chart.version, released[0][1]);
    assert.equal(chart.appVersion, released[0][1]);
  });

  it('has the tag of its version', () => {
    const { stdout } = spawnSync('git', ['tag', '--points-at', 'HEAD', '--list', 'v*'], { cwd: root, encoding: 'utf8' });
    for (const tag of (stdout ?? '').split('\n').filter(line => /^v\d+\.\d+\.\d+$/.test(line))) assert.equal(`v${released[0][1]}`, tag);
  });

  it('has a licence that the readmes name', () => {
    assert.match(read('LICENSE'), /^Copyright \(c\) 2025 BlackRoad Inc\.$/m);
    for (const file of ['README.md', 'helm/prism/README.md']) assert.match(read(file), /\(.*LICENSE\)/, file);
  });
});
