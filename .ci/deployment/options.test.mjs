// Every value of the chart, and what becomes of it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { assertKubernetesUnderstands, helmTemplate, ofKind, only, render, renderSet, set } from './chart.mjs';
import { rows } from './readme.mjs';

const all = [];
const tested = new Set();
after(() => {
  assertKubernetesUnderstands(all);
  const groups = rows().filter(row => rows().some(other => other.path.startsWith(`${row.path}.`))).map(row => row.path);
  assert.deepEqual(rows().map(row => row.path).filter(path => !tested.has(path) && !groups.includes(path)), [], 'values without a test');
});

// Sets one value, and others that it needs, and compares what is found in the objects.
function option(name, value, find, expected, ...others) {
  it(`${name}=${JSON.stringify(value)}`, () => {
    tested.add(name);
    const objects = render(set(...others, `${name}=${JSON.stringify(value)}`));
    all.push(...objects);
    assert.deepEqual(find(objects), expected);
  });
}

const set_ = objects => only(objects, 'StatefulSet');
const pod = objects => set_(objects).spec.template.spec;
const container = objects => pod(objects).containers[0];
const variable = (objects, name) => container(objects).env.find(one => one.name === name);
const settings = objects => ofKind(objects, 'ConfigMap').find(map => map.metadata.name.endsWith('-config')).data;
const named = (kind, suffix) => objects => ofKind(objects, kind).find(object => object.metadata.name.endsWith(suffix));
const service = name => named('Service', name);
const policy = objects => only(objects, 'NetworkPolicy').spec;
const from = port => objects => policy(objects).ingress.find(rule => rule.ports[0].port === port).from;
const to = cidr => objects => policy(objects).egress.find(rule => rule.to.some(peer => peer.ipBlock?.cidr === cidr));
const labels = object => object.metadata.labels;
const kinds = kind => objects => ofKind(objects, kind).length;

const redis = 'redis.url="redis://redis:6379"';
const block = cidr => [{ ipBlock: { cidr } }];
const silo = { 'app.kubernetes.io/name': 'prism', 'app.kubernetes.io/instance': 'prism', 'app.kubernetes.io/component': 'silo' };

describe('Silos and their image', () => {
  option('replicaCount', 3, objects => set_(objects).spec.replicas, 3, redis);
  option('replicaCount', 0, objects => set_(objects).spec.replicas, 0);
  option('image.repository', 'r.example.com:5000/a/b', objects => container(objects).image, 'r.example.com:5000/a/b:0.1.0', 'image.tag="0.1.0"');
  option('image.tag', '1.2.3-rc.1', objects => container(objects).image, 'registry.example.com/prism:1.2.3-rc.1');
  option('image.tag', `sha256:${'a'.repeat(64)}`, objects => only(objects, 'Pod').spec.containers[0].image, `registry.example.com/prism@sha256:${'a'.repeat(64)}`);
  option('image.pullPolicy', 'Always', objects => [container(objects), only(objects, 'Pod').spec.containers[0]].map(one => one.imagePullPolicy), ['Always', 'Always']);
  option('imagePullSecrets', [{ name: 'r' }], objects => [pod(objects), only(objects, 'Pod').spec].map(spec => spec.imagePullSecrets), [[{ name: 'r' }], [{ name: 'r' }]]);
  option('nameOverride', 'llm', objects => [set_(objects).metadata.name, labels(set_(objects))['app.kubernetes.io/name']], ['prism-llm', 'llm']);
  option('fullnameOverride', 'llm', objects => set_(objects).metadata.name, 'llm');
  option('resources', { requests: { cpu: 1 }, limits: { memory: '2Gi' } }, objects => container(objects).resources, { requests: { cpu: 1, memory: '256Mi' }, limits: { memory: '2Gi' } });
  option('updateStrategy', { type: 'RollingUpdate', rollingUpdate: { partition: 2 } }, objects => set_(objects).spec.updateStrategy,
    { type: 'RollingUpdate', rollingUpdate: { partition: 2 } });
  option('updateStrategy', { type: 'OnDelete' }, objects => set_(objects).spec.updateStrategy, { type: 'OnDelete' });
  option('lifecycle', { preStop: { sleep: { seconds: 9 } } }, objects => [container(objects).lifecycle, pod(objects).terminationGracePeriodSeconds],
    [{ preStop: { sleep: { seconds: 9 } } }, 5 + 25 + 15 + 9]);
  option('lifecycle', { postStart: { httpGet: { path: '/healthz/live', port: 'http' } } },
    objects => [container(objects).lifecycle, pod(objects).terminationGracePeriodSeconds, settings(objects).LLM_DRAIN_DELAY],
    [{ postStart: { httpGet: { path: '/healthz/live', port: 'http' } } }, 5 + 25 + 15, '5']);
  option('drain.delaySeconds', 9, objects => [settings(objects).LLM_DRAIN_DELAY, settings(objects).LLM_SHUTDOWN_TIMEOUT, pod(objects).terminationGracePeriodSeconds], ['9', '44', 49]);
  option('drain.timeoutSeconds', 90, objects => [settings(objects).LLM_DRAIN_TIMEOUT, settings(objects).LLM_SHUTDOWN_TIMEOUT, pod(objects).terminationGracePeriodSeconds], ['90', '105', 110]);
  option('probes.startup', { failureThreshold: 9, initialDelaySeconds: 1 }, objects => container(objects).startupProbe,
    { httpGet: { path: '/healthz/live', port: 'http' }, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 9, initialDelaySeconds: 1 });
  option('probes.readiness', { periodSeconds: 7 }, objects => container(objects).readinessProbe,
    { httpGet: { path: '/healthz/ready', port: 'http' }, periodSeconds: 7, timeoutSeconds: 2, failureThreshold: 2 });
  option('probes.liveness', { timeoutSeconds: 9, terminationGracePeriodSeconds: 5 }, objects => container(objects).livenessProbe,
    { httpGet: { path: '/healthz/live', port: 'http' }, periodSeconds: 10, timeoutSeconds: 9, failureThreshold: 6, terminationGracePeriodSeconds: 5 });
});

describe('Labels and annotations', () => {
  const isOn = (object, part, key, value) => (object.metadata[part] ?? {})[key] === value;
  for (const part of ['labels', 'annotations']) {
    const name = part === 'labels' ? 'commonLabels' : 'commonAnnotations';
    it(`${name} are on all objects and pods, and selectors do without`, () => {
      tested.add(name);
      const more = ['autoscaling.enabled=true', redis, 'ingress={"enabled":true,"hosts":["a.example.com"]}', 'httpRoute={"enabled":true,"parentRefs":[{"name":"g"}]}',
        'metrics={"serviceMonitor":{"enabled":true},"rules":{"enabled":true}}', 'secrets={"create":true,"values":{"k":"v"}}', 'prices={"x":{"models":{"m":{"input":1,"output":1}}}}'];
      const plain = render(set(...more));
      const objects = render(set(...more, `${name}={"example.com/team":"search"}`));
      all.push(...objects);
      assert.equal(objects.length, plain.length);
      assert.ok(objects.length >= 14, `${objects.length}`);
      for (const object of [...objects, set_(objects).spec.template]) assert.ok(isOn(object, part, 'example.com/team', 'search'), `${object.kind} ${object.metadata.name}`);
      assert.deepEqual(set_(objects).spec.selector, set_(plain).spec.selector);
      assert.equal(labels(set_(objects))['app.kubernetes.io/component'], 'silo');
      assert.equal(only(objects, 'Pod').metadata.annotations['helm.sh/hook'], 'test');
    });
  }

  option('podLabels', { team: 'a' }, objects => set_(objects).spec.template.metadata.labels, { ...silo, team: 'a' }, 'commonLabels={"team":"b"}');
  option('podAnnotations', { team: 'a' }, objects => set_(objects).spec.template.metadata.annotations.team, 'a', 'commonAnnotations={"team":"b"}');
  option('service.labels', { team: 'a' }, objects => labels(service('prism')(objects)).team, 'a', 'commonLabels={"team":"b"}');
  option('service.annotations', { team: 'a' }, objects => service('prism')(objects).metadata.annotations, { team: 'a' }, 'commonAnnotations={"team":"b"}');
});

describe('Settings, keys and prices', () => {
  const key = name => ({ name: 's', key: name });
  option('config', { LLM_MAX_BODY_BYTES: 16777216, LLM_CLUSTER_MAX_PROBE_TIMEOUT: 2.5, LLM_CACHE_ENABLED: true, LLM_LOG_LEVEL: 'debug' },
    objects => ['LLM_MAX_BODY_BYTES', 'LLM_CLUSTER_MAX_PROBE_TIMEOUT', 'LLM_CACHE_ENABLED', 'LLM_LOG_LEVEL'].map(name => settings(objects)[name]),
    ['16777216', '2.5', 'true', 'debug']);
  const prices = { vllm: { models: { 'qwen3*': { input: 0.1, output: 3e-7 } } } };
  option('prices', prices, objects => JSON.parse(named('ConfigMap', '-prices')(objects).data['prices.json']), prices);
  option('prices', prices, objects => {
    const [{ name, mountPath }] = container(objects).volumeMounts;
    const volume = pod(objects).volumes.find(one => one.name === name);
    return [`${mountPath}/${Object.keys(named('ConfigMap', '-prices')(objects).data)[0]}`, volume.configMap.name];
  }, ['/etc/prism-prices/prices.json', 'prism-prices'], 'extraVolumes=[{"name":"v","emptyDir":{}}]', 'extraVolumeMounts=[{"name":"v","mountPath":"/v"}]');
  option('prices', prices, objects => settings(objects).LLM_PRICES_FILE, '/etc/prism-prices/prices.json');
  option('secrets.existingSecret', 's', objects => variable(objects, 'LLM_OPENAI_API_KEY').valueFrom.secretKeyRef, { ...key('openai-api-key'), optional: true });
  option('secrets.existingSecret', '', objects => variable(objects, 'LLM_OPENAI_API_KEY'), undefined);
  option('secrets.create', true, objects => variable(objects, 'LLM_OPENAI_API_KEY').valueFrom.secretKeyRef.name, 'prism-keys', 'secrets.values={"openai-api-key":"sk"}');
  option('secrets.values', { 'openai-api-key': 'sk' }, objects => named('Secret', '-keys')(objects).data, { 'openai-api-key': 'c2s=' }, 'secrets.create=true');
  option('secrets.env', { LLM_GROQ_API_KEY: 'groq' }, objects => variable(objects, 'LLM_GROQ_API_KEY').valueFrom.secretKeyRef, { name: 'llm-secrets', key: 'groq', optional: true });
  option('redis.url', 'redis://:p@redis:6379', objects => Buffer.from(named('Secret', '-redis')(objects).data['redis-url'], 'base64').toString(), 'redis://:p@redis:6379');
  const given = ['networkPolicy.redisTo=[{"podSelector":{}}]', 'networkPolicy.redisPort=6379'];
  option('redis.existingSecret', 's', objects => variable(objects, 'LLM_REDIS_URL').valueFrom.secretKeyRef, key('redis-url'), ...given);
  option('redis.existingSecretKey', 'url', objects => variable(objects, 'LLM_REDIS_URL').valueFrom.secretKeyRef, key('url'), 'redis.existingSecret="s"', ...given);
  option('extraEnv', [{ name: 'NO_PROXY', value: '.svc' }], objects => variable(objects, 'NO_PROXY'), { name: 'NO_PROXY', value: '.svc' });
  option('extraEnvFrom', [{ secretRef: { name: 's' } }, { prefix: 'LLM_', configMapRef: { name: 'c', optional: true } }], objects => container(objects).envFrom,
    [{ configMapRef: { name: 'prism-config' } }, { secretRef: { name: 's' } }, { prefix: 'LLM_', configMapRef: { name: 'c', optional: true } }]);
});

describe('Ports and Services', () => {
  const port = (name, objects) => container(objects).ports.find(one => one.name === name).containerPort;
  option('ports.http', 8080, objects => [port('http', objects), settings(objects).LLM_PORT, service('prism')(objects).spec.ports[0].targetPort], [8080, '8080', 'http']);
  option('ports.metrics', 9999, objects => [port('metrics', objects), settings(objects).LLM_METRICS_PORT, service('-metrics')(objects).spec.ports[0].port], [9999, '9999', 9999]);
  option('ports.silo', 11, objects => [port('silo', objects), settings(objects).LLM_SILO_PORT], [11, '11']);
  option('ports.gateway', 12, objects => [port('gateway', objects), settings(objects).LLM_SILO_GATEWAY_PORT], [12, '12']);
  const spec = objects => service('prism')(objects).spec;
  const balancer = 'service.type="LoadBalancer"';
  option('service.name', 'llm', objects => kinds('Service')(objects) && service('llm')(objects).metadata.name, 'llm');
  option('service.type', 'NodePort', objects => spec(objects).type, 'NodePort');
  option('service.port', 80, objects => [spec(objects).ports[0].port, only(objects, 'Pod').spec.containers[0].args[1]], [80, 'http://prism:80/healthz/ready']);
  option('service.nodePort', 30080, objects => spec(objects).ports[0].nodePort, 30080, 'service.type="NodePort"');
  option('service.loadBalancerClass', 'example.com/nlb', objects => spec(objects).loadBalancerClass, 'example.com/nlb', balancer);
  option('service.loadBalancerSourceRanges', ['10.0.0.0/8', 'fd00::/8'], objects => spec(objects).loadBalancerSourceRanges, ['10.0.0.0/8', 'fd00::/8'], balancer);
  option('service.externalTrafficPolicy', 'Local', objects => spec(objects).externalTrafficPolicy, 'Local', balancer);
  option('service.internalTrafficPolicy', 'Local', objects => spec(objects).internalTrafficPolicy, 'Local');
  option('service.ipFamilyPolicy', 'PreferDualStack', objects => spec(objects).ipFamilyPolicy, 'PreferDualStack');
  option('service.ipFamilies', ['IPv6', 'IPv4'], objects => spec(objects).ipFamilies, ['IPv6', 'IPv4']);
});

describe('Ingress and HTTPRoute', () => {
  const rule = objects => only(objects, 'Ingress').spec.rules[0];
  const paths = objects => rule(objects).http.paths.map(({ path, pathType }) => [path, pathType]);
  const host = ['ingress.enabled=true', 'ingress.hosts=["a.example.com"]'];
  const both = [['/v1', 'Prefix'], ['/providers', 'Prefix'], ['/health', 'Prefix']];
  option('ingress.enabled', true, objects => [kinds('Ingress')(objects), rule(objects).http.paths[0].backend], [1, { service: { name: 'prism', port: { name: 'http' } } }], host[1]);
  option('ingress.className', 'nginx', objects => only(objects, 'Ingress').spec.ingressClassName, 'nginx', ...host);
  option('ingress.annotations', { a: 'b' }, objects => only(objects, 'Ingress').metadata.annotations.a, 'b', ...host);
  option('ingress.hosts', ['a.example.com', '*.example.org'], objects => only(objects, 'Ingress').spec.rules.map(one => one.host), ['a.example.com', '*.example.org'], host[0]);
  option('ingress.paths', ['/v1', { path: '/health', pathType: 'Exact' }], paths, [['/v1', 'Prefix'], ['/health', 'Exact']], ...host);
  option('ingress.pathType', 'ImplementationSpecific', paths, both.map(([path]) => [path, 'ImplementationSpecific']), ...host);
  option('ingress.tls', [{ secretName: 's', hosts: ['a.example.com'] }], objects => only(objects, 'Ingress').spec.tls, [{ secretName: 's', hosts: ['a.example.com'] }], ...host);

  const route = objects => only(objects, 'HTTPRoute').spec;
  const gateway = ['httpRoute.enabled=true', 'httpRoute.parentRefs=[{"name":"g"}]'];
  const matches = objects => route(objects).rules[0].matches.map(({ path }) => [path.value, path.type]);
  option('httpRoute.enabled', true, objects => [matches(objects), route(objects).rules[0].backendRefs],
    [both.map(([path]) => [path, 'PathPrefix']), [{ name: 'prism', port: 8000 }]], gateway[1]);
  option('httpRoute.parentRefs', [{ name: 'g', namespace: 'n', sectionName: 'https', port: 443 }], objects => route(objects).parentRefs,
    [{ name: 'g', namespace: 'n', sectionName: 'https', port: 443 }], gateway[0]);
  option('httpRoute.hostnames', ['a.example.com'], objects => route(objects).hostnames, ['a.example.com'], ...gateway);
  option('httpRoute.paths', ['/v1', { path: '/health', pathType: 'Exact' }], matches, [['/v1', 'PathPrefix'], ['/health', 'Exact']], ...gateway);
  const filter = { type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['x'] } };
  option('httpRoute.filters', [filter], objects => route(objects).rules[0].filters, [filter], ...gateway);
  option('httpRoute.timeouts', { request: '1h', backendRequest: '30m' }, objects => route(objects).rules[0].timeouts, { request: '1h', backendRequest: '30m' }, ...gateway);
  option('httpRoute.labels', { team: 'a' }, objects => labels(only(objects, 'HTTPRoute')).team, 'a', ...gateway);
  option('httpRoute.annotations', { team: 'a' }, objects => only(objects, 'HTTPRoute').metadata.annotations, { team: 'a' }, ...gateway);

  it('an HTTPRoute has the fields of the Gateway API, and lets streams be as long as they are', () => {
    const [object] = renderSet('autoscaled').filter(one => one.kind === 'HTTPRoute');
    assert.equal(object.apiVersion, 'gateway.networking.k8s.io/v1');
    assert.deepEqual(Object.keys(object.spec).sort(), ['hostnames', 'parentRefs', 'rules']);
    assert.deepEqual(Object.keys(object.spec.rules[0]).sort(), ['backendRefs', 'matches', 'timeouts']);
    assert.deepEqual(object.spec.rules[0].timeouts, { request: '0s' });
  });
});

describe('The autoscaler', () => {
  const scaler = objects => only(objects, 'HorizontalPodAutoscaler').spec;
  const on = ['autoscaling.enabled=true', redis];
  const pods = (name, averageValue) => ({ type: 'Pods', pods: { metric: { name }, target: { type: 'AverageValue', averageValue } } });
  const cpu = averageUtilization => ({ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } });
  option('autoscaling.enabled', true, objects => [scaler(objects).scaleTargetRef, set_(objects).spec.replicas, scaler(objects).metrics],
    [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'prism' }, undefined, [cpu(70)]], redis);
  option('autoscaling.minReplicas', 2, objects => scaler(objects).minReplicas, 2, ...on);
  option('autoscaling.maxReplicas', 20, objects => scaler(objects).maxReplicas, 20, ...on);
  option('autoscaling.targetCPUUtilizationPercentage', 50, objects => scaler(objects).metrics, [cpu(50)], ...on);
  option('autoscaling.targetCPUUtilizationPercentage', null, objects => scaler(objects).metrics, [pods('llm_inflight_requests', '50')], ...on, 'autoscaling.targetInflightRequests=50');
  option('autoscaling.targetInflightRequests', 2000000, objects => scaler(objects).metrics, [cpu(70), pods('llm_inflight_requests', '2000000')], ...on);
  option('autoscaling.targetQueuedRequests', '500m', objects => scaler(objects).metrics, [cpu(70), pods('llm_queued_requests', '500m')], ...on);
  const external = { type: 'External', external: { metric: { name: 'm' }, target: { type: 'Value', value: '3' } } };
  option('autoscaling.metrics', [external], objects => scaler(objects).metrics, [cpu(70), external], ...on);
  option('autoscaling.behavior', { scaleUp: { policies: [{ type: 'Percent', value: 50, periodSeconds: 15 }] } }, objects => Object.keys(scaler(objects).behavior), ['scaleDown', 'scaleUp'], ...on);
});

describe('Where pods run', () => {
  const field = name => objects => pod(objects)[name];
  const spread = objects => field('topologySpreadConstraints')(objects);
  option('podDisruptionBudget.enabled', false, kinds('PodDisruptionBudget'), 0);
  option('podDisruptionBudget.maxUnavailable', '30%', objects => only(objects, 'PodDisruptionBudget').spec.maxUnavailable, '30%');
  option('topologySpread', 'DoNotSchedule', objects => spread(objects).map(one => [one.topologyKey, one.whenUnsatisfiable]),
    [['topology.kubernetes.io/zone', 'DoNotSchedule'], ['kubernetes.io/hostname', 'DoNotSchedule']]);
  option('topologySpread', '', spread, undefined);
  const rack = { maxSkew: 2, topologyKey: 'rack', whenUnsatisfiable: 'ScheduleAnyway' };
  const own = { ...rack, labelSelector: { matchLabels: { a: 'b' } }, matchLabelKeys: ['controller-revision-hash'] };
  const none = { ...rack, labelSelector: {} };
  option('topologySpreadConstraints', [rack, own, none], spread, [{ ...rack, labelSelector: { matchLabels: silo } }, own, none]);
  for (const [name, value] of [['nodeSelector', { disk: 'ssd' }], ['tolerations', [{ key: 'a', operator: 'Exists' }]], ['affinity', { nodeAffinity: {} }],
    ['priorityClassName', 'high'], ['runtimeClassName', 'gvisor'], ['hostAliases', [{ ip: '10.1.2.3', hostnames: ['a.example.com'] }]], ['dnsPolicy', 'Default'],
    ['dnsConfig', { nameservers: ['10.1.2.3'], searches: ['a.example.com'], options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] }]]) {
    option(name, value, field(name), value);
  }
  const user = { runAsNonRoot: true, runAsUser: 5, runAsGroup: 5, seccompProfile: { type: 'RuntimeDefault' } };
  option('podSecurityContext', { runAsUser: 5, runAsGroup: 5 }, objects => [pod(objects), only(objects, 'Pod').spec].map(spec => spec.securityContext), [user, user]);
  option('securityContext', { runAsUser: 5 }, objects => container(objects).securityContext,
    { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] }, runAsUser: 5 });
  option('serviceAccount.create', false, objects => [kinds('ServiceAccount')(objects), pod(objects).serviceAccountName], [0, 'default']);
  option('serviceAccount.name', 'a', objects => [only(objects, 'ServiceAccount').metadata.name, pod(objects).serviceAccountName], ['a', 'a']);
  option('serviceAccount.annotations', { a: 'b' }, objects => only(objects, 'ServiceAccount').metadata.annotations, { a: 'b' });
});

describe('Containers and objects of others', () => {
  const sidecar = { name: 'logs', image: 'logs:1', restartPolicy: 'Always' };
  option('initContainers', [sidecar], objects => pod(objects).initContainers, [sidecar]);
  option('extraContainers', [{ name: 'logs', image: 'logs:1', args: ['{{ raw }}'] }], objects => pod(objects).containers.map(one => one.args ?? one.name), ['prism', ['{{ raw }}']]);
  option('extraVolumes', [{ name: 'v', emptyDir: {} }], objects => pod(objects).volumes, [{ name: 'v', emptyDir: {} }]);
  option('extraVolumeMounts', [{ name: 'v', mountPath: '/v' }], objects => container(objects).volumeMounts, [{ name: 'v', mountPath: '/v' }], 'extraVolumes=[{"name":"v","emptyDir":{}}]');
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '{{ .Release.Name }}-more' }, data: { name: '{{ include "prism.fullname" . }}', tag: '{{ .Values.image.tag }}' } };
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-text\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: second\n';
  option('extraObjects', [map, text], objects => ofKind(objects, 'ConfigMap').filter(one => !one.metadata.namespace).map(one => [one.metadata.name, one.data?.name, one.data?.tag]),
    [['prism-more', 'prism', '7'], ['prism-text', undefined, undefined], ['second', undefined, undefined]], 'image.tag="7"');
});

describe('The NetworkPolicy', () => {
  const block_ = block('10.8.0.0/16');
  option('networkPolicy.enabled', false, kinds('NetworkPolicy'), 0);
  option('networkPolicy.httpFrom', block_, objects => from('http')(objects).slice(1), block_);
  option('networkPolicy.metricsFrom', block_, from('metrics'), block_);
  option('networkPolicy.metricsFrom', [], objects => policy(objects).ingress.some(rule => rule.ports[0].port === 'metrics'), false);
  option('networkPolicy.clientsFrom', [{ podSelector: { matchLabels: { app: 'a' } } }], objects => from('gateway')(objects).slice(1), [{ podSelector: { matchLabels: { app: 'a' } } }]);
  option('networkPolicy.redisTo', block_, to('10.8.0.0/16'), { to: block_, ports: [{ port: 6379, protocol: 'TCP' }] }, redis);
  option('networkPolicy.redisPort', 7000, to('10.8.0.0/16'), { to: block_, ports: [{ port: 7000, protocol: 'TCP' }] }, redis, `networkPolicy.redisTo=${JSON.stringify(block_)}`);
  option('networkPolicy.dnsTo', block_, objects => to('10.8.0.0/16')(objects).ports.map(one => `${one.port}/${one.protocol}`), ['53/UDP', '53/TCP']);
  option('networkPolicy.providersTo', block_, to('10.8.0.0/16'), { to: block_, ports: [{ port: 443, protocol: 'TCP' }] });
  option('networkPolicy.providerPorts', [443, 8443], objects => to('0.0.0.0/0')(objects).ports.map(one => one.port), [443, 8443]);
  option('networkPolicy.providerPorts', [], to('0.0.0.0/0'), undefined);
  option('networkPolicy.clusterDomain', 'k8s.corp', objects => policy(objects).egress.some(rule => rule.to[0].namespaceSelector?.matchLabels['kubernetes.io/metadata.name'] === 'data'), true,
    'redis.url="redis://redis.data.svc.k8s.corp"');
  option('networkPolicy.extraEgress', [{ to: block_, ports: [{ port: 1, endPort: 9, protocol: 'UDP' }] }], to('10.8.0.0/16'), { to: block_, ports: [{ port: 1, endPort: 9, protocol: 'UDP' }] });
});

describe('What watches', () => {
  const monitor = ['metrics.serviceMonitor.enabled=true'];
  const rules = ['metrics.rules.enabled=true'];
  option('metrics.serviceMonitor.enabled', true, kinds('ServiceMonitor'), 1);
  option('metrics.serviceMonitor.interval', '15s', objects => only(objects, 'ServiceMonitor').spec.endpoints[0].interval, '15s', ...monitor);
  option('metrics.serviceMonitor.labels', { release: 'p' }, objects => labels(only(objects, 'ServiceMonitor')).release, 'p', ...monitor);
  option('metrics.rules.enabled', true, kinds('PrometheusRule'), 1);
  option('metrics.rules.labels', { release: 'p' }, objects => labels(only(objects, 'PrometheusRule')).release, 'p', ...rules);
  option('metrics.rules.runbooks', 'https://example.com/o', objects => only(objects, 'PrometheusRule').spec.groups[0].rules[0].annotations.runbook_url.split('#')[0], 'https://example.com/o', ...rules);
  option('dashboard.enabled', false, objects => named('ConfigMap', '-dashboard')(objects), undefined);
  option('dashboard.labels', { dash: 'x' }, objects => labels(named('ConfigMap', '-dashboard')(objects)).dash, 'x');
  option('dashboard.annotations', { folder: 'LLM' }, objects => named('ConfigMap', '-dashboard')(objects).metadata.annotations, { folder: 'LLM' });
});

describe('Secrets that exist', () => {
  // Only a program that can be given the objects of a cluster can show it: Helm's own needs a cluster.
  const cluster = data => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'cluster-')), 'objects.yaml');
    const encode = values => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
    const objects = Object.entries(data).map(([name, values]) => (
      { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'prism' }, data: encode(values) }));
    fs.writeFileSync(file, objects.map(object => JSON.stringify(object)).join('\n---\n'));
    return ['--cluster-objects', file];
  };
  const canLookUp = !helmTemplate([...set(), ...cluster({})]).error;
  const sum = (data, ...pairs) => set_(render([...set(...pairs), ...cluster(data)])).spec.template.metadata.annotations['checksum/existing'];

  it('restart the silos when they change, where they can be read', () => {
    assert.equal(set_(render()).spec.template.metadata.annotations['checksum/existing'], undefined);
    if (!canLookUp) return;
    assert.match(sum({ 'llm-secrets': { k: 'a' } }), /^[0-9a-f]{64}$/);
    assert.equal(sum({ 'llm-secrets': { k: 'a' } }), sum({ 'llm-secrets': { k: 'a' }, other: { k: 'b' } }));
    assert.notEqual(sum({ 'llm-secrets': { k: 'a' } }), sum({ 'llm-secrets': { k: 'b' } }));
    for (const pairs of [['extraEnvFrom=[{"secretRef":{"name":"s"}}]'], ['extraEnv=[{"name":"A","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]'],
      ['redis.existingSecret="s"', 'networkPolicy.enabled=false']]) {
      assert.notEqual(sum({ s: { k: 'a' } }, ...pairs), sum({ s: { k: 'b' } }, ...pairs));
    }
  });

  it('tell the NetworkPolicy where Redis is, where they can be read', () => {
    if (!canLookUp) return;
    const objects = render([...set('redis.existingSecret="s"'), ...cluster({ s: { 'redis-url': 'redis://:p@10.1.2.3:7005' } })]);
    assert.deepEqual(to('10.1.2.3/32')(objects).ports, [{ port: 7005, protocol: 'TCP' }]);
  });

  it('tell the NetworkPolicy where providers are, where they can be read', () => {
    if (!canLookUp) return;
    const data = { 'llm-secrets': { a: 'http://10.1.2.3:7006' }, s: { b: 'http://10.1.2.4:7007\n' } };
    const others = ['secrets.env={"LLM_A_BASE_URL":"a","LLM_NONE_BASE_URL":"none"}', 'extraEnv=[{"name":"LLM_B_BASE_URL","valueFrom":{"secretKeyRef":{"name":"s","key":"b"}}}]'];
    const objects = render([...set(...others), ...cluster(data)]);
    assert.deepEqual(to('10.1.2.3/32')(objects).ports, [{ port: 7006, protocol: 'TCP' }]);
    assert.deepEqual(to('10.1.2.4/32')(objects).ports, [{ port: 7007, protocol: 'TCP' }]);
    assert.match(helmTemplate([...set(...others), ...cluster({ s: data.s })]).error, /LLM_A_BASE_URL is known in the pod only/);
  });
});
