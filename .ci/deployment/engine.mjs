// Containers, by ENGINE: docker, or podman with the same command line.
import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

export const engine = process.env.ENGINE ?? 'docker';
export const image = process.env.IMAGE ?? 'prism-llm:latest';

// As the chart and the compose file run it.
const confined = ['--read-only', ...(engine === 'podman' ? ['--read-only-tmpfs=false', '--no-healthcheck'] : []),
  '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];

export function run(program, args, options = {}) {
  const result = spawnSync(program, args, { encoding: 'utf8', timeout: 120_000, ...options });
  if (result.error) throw result.error;
  return { status: result.status, text: result.stdout.trim(), error: result.stderr.trim() };
}

export function must(program, args, options) {
  const { status, text, error } = run(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error || text}`);
  return text;
}

// Asks again until the answer is right, the time is over or it does not go on.
export async function until(what, ask, { seconds = 60, goesOn = () => true } = {}) {
  const deadline = performance.now() + seconds * 1000;
  let last;
  do {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = 'not yet';
    } catch (error) {
      last = error.cause ?? error;
    }
    await pause(100);
  } while (performance.now() < deadline && goesOn());
  throw new Error(`${what}: ${last}`);
}

// Below the ports that the system gives away: one that an engine forwards is nobody else's to listen at, and a program that was given it would
// never be reached.
let nextPort = 18410;

// Starts Prism and waits until it serves.
export async function startPrism(settings = {}, args = []) {
  const variables = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const [port, metricsPort] = [nextPort++, nextPort++];
  const name = `prism-try-${port}`;
  // Of a check that was ended.
  run(engine, ['rm', '--force', '--volumes', name]);
  const published = ['--publish', `127.0.0.1:${port}:8000`, '--publish', `127.0.0.1:${metricsPort}:9090`];
  const prism = new Container(must(engine, ['run', '--detach', '--name', name, ...confined, ...published, ...variables, ...args, image]));
  try {
    prism.url = `http://127.0.0.1:${port}`;
    prism.metricsUrl = `http://127.0.0.1:${metricsPort}`;
    await until('ready', async () => (await fetch(`${prism.url}/healthz/ready`)).ok, { goesOn: () => prism.inspect('{{.State.Running}}') === 'true' });
    return prism;
  } catch (error) {
    const log = prism.log();
    prism.remove();
    throw new Error(`${error.message}\n${log}`);
  }
}

export class Container {
  constructor(id) { this.id = id; }

  inspect(format) { return must(engine, ['inspect', '--format', format, this.id]); }

  exec(...command) { return run(engine, ['exec', this.id, ...command]); }

  log() { const { text, error } = run(engine, ['logs', this.id]); return `${text}\n${error}`; }

  stop() { must(engine, ['stop', '--time', '40', this.id]); }

  remove() { run(engine, ['rm', '--force', this.id]); }
}

export const chat = (url, body, headers = {}) => fetch(`${url}/v1/chat`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify({ messages: [{ role: 'user', content: 'one two three four five' }], ...body }),
});
