// What the chart makes of single values, and which it refuses.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import yaml from 'js-yaml';
import { helmTemplate, ofKind, only, read, render, root } from './chart.mjs';

const set = (...pairs) => pairs.flatMap(pair => ['--set-json', pair]);
const silos = (...pairs) => only(render(set(...pairs)), 'StatefulSet').spec;

describe('The chart refuses', () => {
  const refusals = [
    ['more silos without Redis', ['replicaCount=3'], '3 silos need Redis'],
    ['more silos, automatically, without Redis', ['autoscaling.enabled=true'], '10 silos need Redis'],
    ['two sources of the URL of Redis', ['redis.url="redis://r:6379"', 'redis.existingSecret="s"'], 'leave one of them out'],
    ['a URL of Redis that is none', ['redis.url="redis.example.com:6379"'], 'redis'],
    ['a misspelt key', ['replicaCuont=1'], 'replicaCuont'],
    ['a misspelt key further down', ['redis.ulr="redis://r:6379"'], 'ulr'],
    ['a misspelt setting', ['config.LLM_CAHCE_ENABLED="true"'], 'LLM_CAHCE_ENABLED'],
    ['a setting of another type', ['config.LLM_LOG_LEVEL=["debug"]'], 'LLM_LOG_LEVEL'],
    ['a port that is text', ['ports.http="8000"'], 'http'],
    ['one port for two things', ['ports.http=9090'], 'four different ports'],
    ['a setting that the chart itself sets', ['config.LLM_PORT="8080"'], 'config.LLM_PORT is set by the chart itself'],
    ['a key outside of a Secret', ['config.LLM_OPENAI_API_KEY="sk-x"'], 'put it in a Secret'],
    ['the key to a collector outside of a Secret', ['config.OTEL_EXPORTER_OTLP_HEADERS="api-key=x"'], 'put it in a Secret'],
    ['a Secret without keys', ['secrets.create=true'], 'secrets.values is empty'],
    ['keys without a Secret', ['secrets.values={"openai-api-key":"sk-x"}'], 'secrets.create is false'],
    ['an Ingress without a host', ['ingress.enabled=true'], 'at least one host'],
    ['a least above the most', ['autoscaling={"enabled":true,"minReplicas":9,"maxReplicas":3}'], 'cannot be above the most'],
    ['a way to every address', ['networkPolicy.extraEgress=[{"to":[{"ipBlock":{"cidr":"0.0.0.0/0"}}]}]'], 'contains 169.254.0.0/16'],
    ['a way around that', ['networkPolicy.extraEgress=[{"to":[{"ipBlock":{"cidr":"169.128.0.0/9"}}]}]'], 'contains 169.254.0.0/16'],
    ['a way to the credentials of a cloud', ['networkPolicy.redisTo=[{"ipBlock":{"cidr":"169.254.169.254/32"}}]'], 'contains 169.254.0.0/16'],
    ['a rule for everybody', ['networkPolicy.extraEgress=[{"ports":[{"port":80}]}]'], 'name the peers'],
  ];
  for (const [what, pairs, sentence] of refusals) {
    it(what, () => {
      const { error } = helmTemplate(set(...pairs));
      assert.ok(error?.includes(sentence), error ?? 'it was rendered');
    });
  }
});

describe('The chart', () => {
  it('is at the default what `kubectl apply -f helm/prism/rendered/prism.yaml` applies', () => {
    const { text } = helmTemplate(['--skip-tests']);
    const file = 'helm/prism/rendered/prism.yaml';
    if (process.env.PRISM_WRITE_DOCS === '1') fs.writeFileSync(path.join(root, file), text);
    assert.ok(isDeepStrictEqual(yaml.loadAll(read(file)), yaml.loadAll(text)), 'PRISM_WRITE_DOCS=1 .ci/check-deployment chart writes it again');
  });

  it('restarts the silos when a setting or a key changes', () => {
    const sums = (...pairs) => JSON.stringify(silos(...pairs).template.metadata.annotations);
    assert.equal(sums(), sums());
    assert.notEqual(sums(), sums('config.LLM_LOG_LEVEL="debug"'));
    const keys = key => ['secrets.create=true', `secrets.values={"openai-api-key":"${key}"}`];
    assert.notEqual(sums(...keys('a')), sums(...keys('b')));
    assert.notEqual(sums('redis.url="redis://a:6379"'), sums('redis.url="redis://b:6379"'));
  });

  it('runs three silos with a URL of Redis', () => {
    const objects = render(set('replicaCount=3', 'redis.url="redis://:p@r:6379/1"'));
    const { name, key } = only(objects, 'StatefulSet').spec.template.spec.containers[0].env.find(variable => variable.name === 'LLM_REDIS_URL')
      .valueFrom.secretKeyRef;
    const secret = ofKind(objects, 'Secret').find(object => object.metadata.name === name);
    assert.equal(Buffer.from(secret.data[key], 'base64').toString(), 'redis://:p@r:6379/1');
    assert.ok(only(objects, 'NetworkPolicy').spec.egress.some(rule => rule.ports.some(port => port.port === 6379)));
  });

  it('writes whole numbers as they are', () => {
    const map = ofKind(render(set('config.LLM_MAX_BODY_BYTES=16777216')), 'ConfigMap')[0];
    assert.equal(map.data.LLM_MAX_BODY_BYTES, '16777216');
  });

  it('takes a digest for a tag', () => {
    const image = `sha256:${'0'.repeat(64)}`;
    assert.equal(silos(`image.tag="${image}"`).template.spec.containers[0].image, `prism-llm@${image}`);
  });

  it('is refused by a Kubernetes that cannot pause before SIGTERM without a shell', () => {
    assert.match(helmTemplate([], { kube: '1.29.0' }).error, /1\.30/);
    assert.equal(helmTemplate([], { kube: '1.30.0' }).error, null);
  });

  it('keeps names within their bounds', () => {
    const release = 'a-release-with-a-name-of-fifty-three-characters-in-al';
    for (const object of render([], { release })) assert.ok(object.metadata.name.length <= 63, object.metadata.name);
  });

  it('links alerts to where the runbooks are', () => {
    const objects = render(set('metrics.rules={"enabled":true,"runbooks":"https://example.com/operations"}'));
    const [alert] = only(objects, 'PrometheusRule').spec.groups[0].rules;
    assert.equal(alert.annotations.runbook_url, 'https://example.com/operations#the-service-does-not-start');
  });

  it('lets an Ingress stream', () => {
    const { annotations } = only(render(set('ingress={"enabled":true,"hosts":["a.example.com"]}')), 'Ingress').metadata;
    assert.equal(annotations['nginx.ingress.kubernetes.io/proxy-buffering'], 'off');
    assert.ok(Number(annotations['nginx.ingress.kubernetes.io/proxy-read-timeout']) >= 3600);
  });

  it('says of every value what it is', () => {
    const lines = read('helm/prism/values.yaml').split('\n');
    const bare = lines.filter((line, i) => /^( {0,2})\w+:/.test(line) && !/^\s*#/.test(lines[i - 1] ?? '') && !hasChildren(lines, i) && !isRaw(lines, i));
    assert.deepEqual(bare, []);
  });

  const indent = line => line.match(/^ */)[0].length;
  const hasChildren = (lines, i) => indent(lines[i + 1]) > indent(lines[i]);
  // Inside of what Kubernetes, not the chart, defines.
  const isRaw = (lines, i) => {
    const parent = lines.slice(0, i).findLast(line => /^\w+:/.test(line)) ?? '';
    return indent(lines[i]) > 0 && /^(resources|podSecurityContext|securityContext):/.test(parent);
  };
});
