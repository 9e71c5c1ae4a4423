// What the chart makes of single values, and which it refuses.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import yaml from 'js-yaml';
import { assertKubernetesUnderstands, helmTemplate, image, ofKind, only, read, render, root, set } from './chart.mjs';
import { renderTable, rows } from './readme.mjs';

const silos = (...pairs) => only(render(set(...pairs)), 'StatefulSet').spec;

describe('The chart refuses', () => {
  const balancer = 'service.type="LoadBalancer"';
  const refusals = [
    ['to have no image', ['image.repository=""'], 'name an image that the cluster can pull'],
    ['an image with its tag in the name', ['image.repository="r.example.com/prism:1.2.3"'], 'put what follows the name into image.tag'],
    ['an image with its digest in the name', ['image.repository="r.example.com/prism@sha256:0"'], 'put what follows the name into image.tag'],
    ['an image with a space', ['image.repository="a b"'], 'image.repository'],
    ['a tag that is none', ['image.tag="a/b"'], 'image.tag'],
    ['a value that is taken away', ['image=null'], 'image'],
    ['a section that is no section', ['autoscaling=true'], 'autoscaling'],
    ['a list for a section', ['networkPolicy=[]'], 'networkPolicy'],
    ['more silos without Redis', ['replicaCount=3'], '3 silos need Redis'],
    ['a number of silos that is text', ['replicaCount="3"'], 'replicaCount'],
    ['a negative number of silos', ['replicaCount=-1'], 'replicaCount'],
    ['more silos, automatically, without Redis', ['autoscaling.enabled=true'], '10 silos need Redis'],
    ['two sources of the URL of Redis', ['redis.url="redis://r:6379"', 'redis.existingSecret="s"'], 'leave one of them out'],
    ['a URL of Redis that is none', ['redis.url="redis.example.com:6379"'], 'redis'],
    ['a misspelt key', ['replicaCuont=1'], 'replicaCuont'],
    ['a misspelt key further down', ['redis.ulr="redis://r:6379"'], 'ulr'],
    ['a misspelt setting', ['config.LLM_CAHCE_ENABLED="true"'], 'LLM_CAHCE_ENABLED'],
    ['a setting of another type', ['config.LLM_LOG_LEVEL=["debug"]'], 'LLM_LOG_LEVEL'],
    ['a port that is text', ['ports.http="8000"'], 'http'],
    ['a port of the Service that is text', ['service.port="80"'], 'service.port'],
    ['a port of the nodes that is text', ['service={"type":"NodePort","nodePort":"30080"}'], 'nodePort'],
    ['a port that is none', ['ports.silo=65536'], 'silo'],
    ['one port for two things', ['ports.http=9090'], 'four different ports'],
    ['a setting that the chart itself sets', ['config.LLM_PORT="8080"'], 'config.LLM_PORT is set by the chart itself'],
    ['a variable that the chart itself sets', ['extraEnv=[{"name":"LLM_REDIS_URL","value":"redis://r"}]'], 'extraEnv has LLM_REDIS_URL'],
    ['a key of the Secret that the chart itself sets', ['secrets.env={"LLM_REDIS_URL":"url"}'], 'secrets.env has LLM_REDIS_URL'],
    ['a key outside of a Secret', ['config.LLM_OPENAI_API_KEY="sk-x"'], 'put it in a Secret'],
    ['the key to a collector outside of a Secret', ['config.OTEL_EXPORTER_OTLP_HEADERS="api-key=x"'], 'put it in a Secret'],
    ['a Secret without keys', ['secrets.create=true'], 'secrets.values is empty'],
    ['keys without a Secret', ['secrets.values={"openai-api-key":"sk-x"}'], 'secrets.create is false'],
    ['two lists of prices', ['prices={"x":{"models":{}}}', 'config.LLM_PRICES_FILE="/p"'], 'prices and config.LLM_PRICES_FILE are both set'],
    ['prices of another form', ['prices={"x":{"gpt":{"input":1}}}'], 'prices.x'],
    ['an Ingress without a host', ['ingress.enabled=true'], 'at least one host'],
    ['a path without a slash', ['ingress.paths=["v1"]'], 'ingress.paths'],
    ['a type of path that is none', ['ingress.pathType="prefix"'], 'pathType'],
    ['an HTTPRoute without a Gateway', ['httpRoute.enabled=true'], 'name the Gateway'],
    ['a time that is none', ['httpRoute.timeouts.request="60"'], 'httpRoute.timeouts.request'],
    ['a port of the nodes without a type of the Service', ['service.nodePort=30080'], 'service.nodePort is for a service.type of NodePort or LoadBalancer'],
    ['a policy of traffic from outside without a type of the Service', ['service.externalTrafficPolicy="Local"'], 'service.externalTrafficPolicy is for'],
    ['a class of load balancers without one', ['service.loadBalancerClass="a/b"', 'service.type="NodePort"'], 'is for a service.type of LoadBalancer, and it is NodePort'],
    ['source ranges without a load balancer', ['service.loadBalancerSourceRanges=["10.0.0.0/8"]'], 'is for a service.type of LoadBalancer'],
    ['a source range that is an address', [balancer, 'service.loadBalancerSourceRanges=["10.0.0.1"]'], 'loadBalancerSourceRanges'],
    ['a name of the Service that another one has', ['service.name="prism-metrics"'], 'the name of another Service'],
    ['a least above the most', ['autoscaling={"enabled":true,"minReplicas":9,"maxReplicas":3}'], 'cannot be above the most'],
    ['an autoscaler without a metric', ['redis.url="redis://r"', 'autoscaling={"enabled":true,"targetCPUUtilizationPercentage":null}'], 'no metric to go by'],
    ['an autoscaler by a share of nothing', ['redis.url="redis://r"', 'autoscaling.enabled=true', 'resources.requests.cpu=null'], 'a share of resources.requests.cpu'],
    ['a target of nothing', ['autoscaling.targetInflightRequests=0'], 'targetInflightRequests'],
    ['a probe that never asks', ['probes.liveness.periodSeconds=0'], 'periodSeconds'],
    ['a number of a probe that is text', ['probes.startup.failureThreshold="60"'], 'failureThreshold'],
    ['a way to probe', ['probes.readiness.httpGet={"path":"/"}'], 'httpGet'],
    ['a way to update that is none', ['updateStrategy.type="Recreate"'], 'updateStrategy'],
    ['two containers of one name', ['extraContainers=[{"name":"prism","image":"i"}]'], 'two containers with the name prism'],
    ['two more containers of one name', ['extraContainers=[{"name":"a","image":"i"}]', 'initContainers=[{"name":"a","image":"i"}]'], 'two containers with the name a'],
    ['a container without an image', ['initContainers=[{"name":"a"}]'], 'image'],
    ['a variable without a name', ['extraEnv=[{"value":"a"}]'], 'name'],
    ['variables of nothing', ['extraEnvFrom=[{"prefix":"A_","secretRefs":{"name":"s"}}]'], 'secretRefs'],
    ['a label that selects', ['commonLabels={"app.kubernetes.io/component":"x"}'], 'commonLabels has app.kubernetes.io/component'],
    ['a label of pods that selects', ['podLabels={"app.kubernetes.io/name":"x"}'], 'podLabels has app.kubernetes.io/name'],
    ['a label that is none', ['commonLabels={"team":"a b"}'], 'commonLabels'],
    ['a label that is a number', ['podLabels={"team":1}'], 'podLabels'],
    ['an annotation that is a number', ['commonAnnotations={"team":1}'], 'commonAnnotations'],
    ['a constraint that spreads over nothing', ['topologySpreadConstraints=[{"maxSkew":1}]'], 'topologyKey'],
    ['an alias without a name', ['hostAliases=[{"ip":"10.1.2.3"}]'], 'hostnames'],
    ['a way to resolve names that is none', ['dnsPolicy="none"'], 'dnsPolicy'],
    ['a rule for everybody', ['networkPolicy.extraEgress=[{"ports":[{"port":80}]}]'], 'name the peers'],
  ];
  for (const [what, pairs, sentence] of refusals) {
    it(what, () => {
      const { error } = helmTemplate(set(...pairs));
      assert.ok(error?.includes(sentence), error ?? 'it was rendered');
      assert.doesNotMatch(error, /nil pointer|wrong type|can't evaluate/);
    });
  }

  it('a release whose Service would begin with a digit', () => {
    assert.match(helmTemplate(image, { release: '1st' }).error, /begins with a letter: set fullnameOverride/);
    assert.equal(helmTemplate(set('fullnameOverride="first"'), { release: '1st' }).error, null);
  });
});

describe('The chart', () => {
  it('is at the default what `kubectl apply -f helm/prism/rendered/prism.yaml` applies', () => {
    const { text } = helmTemplate([...image, '--skip-tests']);
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
  });

  it('writes whole numbers as they are', () => {
    const map = ofKind(render(set('config.LLM_MAX_BODY_BYTES=16777216')), 'ConfigMap')[0];
    assert.equal(map.data.LLM_MAX_BODY_BYTES, '16777216');
  });

  it('takes a digest for a tag', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    assert.equal(silos(`image.tag="${digest}"`).template.spec.containers[0].image, `registry.example.com/prism@${digest}`);
  });

  it('is refused by a Kubernetes that cannot pause before SIGTERM without a shell', () => {
    assert.match(helmTemplate(image, { kube: '1.29.0' }).error, /1\.30/);
    assert.equal(helmTemplate(image, { kube: '1.30.0' }).error, null);
  });

  const names = ['a-release-with-a-name-of-fifty-three-characters-in-al', 'a.release.with.dots', 'true', 'null', 'a-prism'];
  for (const release of names) {
    it(`has names that Kubernetes takes for the release "${release}"`, () => {
      const more = set('redis.url="redis://r"', 'prices={"x":{"models":{}}}', 'secrets={"create":true,"values":{"k":"v"}}', 'ingress={"enabled":true,"hosts":["a.example.com"]}');
      const objects = render(more, { release });
      for (const { kind, metadata: { name, namespace, labels } } of objects) {
        assert.match(name, /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, kind);
        assert.equal(namespace, 'prism');
        assert.equal(labels['app.kubernetes.io/instance'], release);
      }
      assertKubernetesUnderstands(objects);
    });
  }

  it('has names that Kubernetes takes where they look like something else', () => {
    for (const pairs of [['fullnameOverride="true"'], ['nameOverride="null"'], ['service.name="on"'], ['serviceAccount.name="123"'], ['priorityClassName="1e3"']]) {
      assertKubernetesUnderstands(render(set(...pairs), { namespace: '123', release: 'prism' }));
    }
    assertKubernetesUnderstands(render(set('fullnameOverride="prism"'), { release: '123', namespace: 'null' }));
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
    const described = rows();
    const isDescribed = name => described.some(row => row.path === name || row.path.startsWith(`${name}.`));
    const { properties } = JSON.parse(read('helm/prism/values.schema.json'));
    const values = yaml.load(read('helm/prism/values.yaml'));
    for (const [name, { properties: inner = {} }] of Object.entries(properties).filter(([other]) => other !== 'global')) {
      assert.ok(isDescribed(name), name);
      const isGroup = described.some(row => row.path.startsWith(`${name}.`));
      for (const key of isGroup ? Object.keys(inner) : []) assert.ok(isDescribed(`${name}.${key}`), `${name}.${key}`);
      for (const key of isGroup ? Object.keys(values[name]) : []) assert.ok(key in inner, `${name}.${key} is not in the schema`);
    }
  });

  it('lists the values in its README as they are', () => {
    const file = path.join(root, 'helm/prism/README.md');
    const [begin, end] = ['<!-- values -->\n', '<!-- /values -->'];
    const text = fs.readFileSync(file, 'utf8');
    const written = text.slice(0, text.indexOf(begin) + begin.length) + renderTable() + text.slice(text.indexOf(end));
    if (process.env.PRISM_WRITE_DOCS === '1') fs.writeFileSync(file, written);
    assert.equal(fs.readFileSync(file, 'utf8'), written, 'PRISM_WRITE_DOCS=1 .ci/check-deployment chart writes it again');
  });

  it('is installed as the README says', () => {
    for (const file of ['README.md', 'helm/prism/README.md']) {
      const commands = [...read(file).replaceAll('\\\n', ' ').matchAll(/^ *(helm (?:install|upgrade|template) .*?)(?: *#.*)?$/gm)].map(match => match[1]);
      assert.ok(commands.length > 0, file);
      for (const command of commands) {
        const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(match => match[1] ?? match[2]).slice(2);
        const args = words.filter((word, i) => !['helm/prism', 'prism', '-n', '--create-namespace', '--install', '--reuse-values'].includes(word) && words[i - 1] !== '-n');
        assert.equal(helmTemplate(args).error, null, command);
      }
    }
  });

  it('is applied without Helm as the documentation says', () => {
    const [, command] = read('docs/operations.md').match(/^(sed .*) \| kubectl apply -f -$/m);
    const { stdout } = spawnSync('sh', ['-c', command], { cwd: root, encoding: 'utf8' });
    const objects = yaml.loadAll(stdout).filter(Boolean);
    assert.equal(only(objects, 'StatefulSet').spec.template.spec.containers[0].image, 'registry.example.com/prism:1.2.3');
    assertKubernetesUnderstands(objects);
  });
});
