// What must hold for the chart, whatever the values.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import yaml from 'js-yaml';
import { assertKubernetesUnderstands, ofKind, only, read, renderSet, selects, valueSets } from './chart.mjs';

const metadata = '169.254.0.0/16';

for (const set of valueSets) {
  describe(`The chart with ${set ? `the values "${set}"` : 'its defaults'}`, () => {
    const objects = renderSet(set);
    const silos = only(objects, 'StatefulSet');
    const { metadata: { labels }, spec: pod } = silos.spec.template;
    const container = pod.containers[0];
    const tests = ofKind(objects, 'Pod');
    const services = ofKind(objects, 'Service');
    const settings = ofKind(objects, 'ConfigMap').find(map => map.metadata.name.endsWith('-config')).data;
    const policies = ofKind(objects, 'NetworkPolicy');
    const portNames = container.ports.map(port => port.name);

    it('is what Kubernetes understands', () => assertKubernetesUnderstands(objects));

    it('is in one namespace, under names of its own', () => {
      const names = objects.map(object => `${object.kind} ${object.metadata.name}`);
      assert.deepEqual(names, [...new Set(names)]);
      for (const object of objects) {
        assert.equal(object.metadata.namespace, 'prism');
        assert.ok(object.metadata.name.length <= 63);
        for (const value of Object.values(object.metadata.labels)) assert.match(value, /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
      }
    });

    it('needs nothing of the API server', () => {
      assert.deepEqual(objects.filter(object => /Role/.test(object.kind)), []);
      for (const account of ofKind(objects, 'ServiceAccount')) assert.equal(account.automountServiceAccountToken, false);
      for (const spec of [pod, ...tests.map(test => test.spec)]) assert.equal(spec.automountServiceAccountToken, false);
    });

    it('selects the silos, and only them', () => {
      assert.ok(selects(silos.spec.selector.matchLabels, labels));
      for (const service of services) assert.ok(selects(service.spec.selector, labels), service.metadata.name);
      for (const budget of ofKind(objects, 'PodDisruptionBudget')) assert.ok(selects(budget.spec.selector.matchLabels, labels));
      for (const policy of policies) assert.ok(selects(policy.spec.podSelector.matchLabels, labels));
      for (const spread of pod.topologySpreadConstraints ?? []) assert.ok(selects(spread.labelSelector.matchLabels, labels));
      for (const test of tests) assert.ok(!selects(silos.spec.selector.matchLabels, test.metadata.labels));
    });

    it('sends to ports that there are', () => {
      for (const port of services.flatMap(service => service.spec.ports)) assert.ok(portNames.includes(port.targetPort), port.name);
      for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) assert.equal(probe.httpGet.port, 'http');
      for (const policy of policies) {
        const peers = policy.spec.egress.filter(rule => rule.to.some(to => selects(to.podSelector?.matchLabels ?? {}, labels)));
        for (const port of [...policy.spec.ingress, ...peers].flatMap(rule => rule.ports)) assert.ok(portNames.includes(port.port), `${port.port}`);
      }
    });

    it('has the container listen at its ports', () => {
      const ports = Object.fromEntries(container.ports.map(port => [port.name, `${port.containerPort}`]));
      assert.deepEqual(ports, {
        http: settings.LLM_PORT, metrics: settings.LLM_METRICS_PORT, silo: settings.LLM_SILO_PORT, gateway: settings.LLM_SILO_GATEWAY_PORT,
      });
      if (!set) {
        const exposed = read('Dockerfile').match(/^EXPOSE (.*)$/m)[1].split(' ');
        assert.deepEqual(Object.values(ports).sort(), exposed.sort());
      }
    });

    it('gives the container settings that there are', () => {
      const { anyOf: [{ enum: names }, ...patterns] } = JSON.parse(read('helm/prism/values.schema.json')).properties.config.propertyNames;
      const variables = [...Object.keys(settings), ...container.env.map(variable => variable.name)].filter(name => name.startsWith('LLM_'));
      for (const name of variables) assert.ok(names.includes(name) || patterns.some(({ pattern }) => new RegExp(pattern).test(name)), name);
    });

    it('asks each probe what it is for', () => {
      assert.equal(container.startupProbe.httpGet.path, '/healthz/live');
      assert.equal(container.readinessProbe.httpGet.path, '/healthz/ready');
      assert.equal(container.livenessProbe.httpGet.path, '/healthz/live');
      assert.ok(container.livenessProbe.periodSeconds * container.livenessProbe.failureThreshold >= 30);
    });

    it('meets the restricted Pod Security standard', () => {
      for (const spec of [pod, ...tests.map(test => test.spec)]) {
        assert.equal(spec.securityContext.runAsNonRoot, true);
        assert.equal(spec.securityContext.seccompProfile.type, 'RuntimeDefault');
        assert.ok(!spec.hostNetwork && !spec.hostPID && !spec.hostIPC);
        for (const { securityContext } of spec.containers) {
          assert.equal(securityContext.allowPrivilegeEscalation, false);
          assert.equal(securityContext.readOnlyRootFilesystem, true);
          assert.deepEqual(securityContext.capabilities, { drop: ['ALL'] });
        }
        if (set !== 'plain') assert.equal(spec.securityContext.runAsUser, 1000);
      }
    });

    it('asks for what it needs, and limits no CPU', () => {
      assert.ok(container.resources.requests.cpu && container.resources.requests.memory && container.resources.limits.memory);
      assert.equal(container.resources.limits.cpu, undefined);
    });

    it('gives a silo the time to leave', () => {
      const delay = Number(settings.LLM_DRAIN_DELAY);
      assert.equal(delay, { autoscaled: 10, plain: 0 }[set] ?? 5);
      assert.ok(pod.terminationGracePeriodSeconds >= Number(settings.LLM_SHUTDOWN_TIMEOUT) + 5);
      assert.ok(Number(settings.LLM_SHUTDOWN_TIMEOUT) >= delay + Number(settings.LLM_DRAIN_TIMEOUT) + 10);
      assert.equal(silos.spec.podManagementPolicy, 'Parallel');
      assert.equal(silos.spec.updateStrategy.type, 'RollingUpdate');
    });

    it('tells a silo where it is', () => {
      const names = container.env.map(variable => variable.name);
      const field = name => container.env.find(variable => variable.name === name).valueFrom.fieldRef.fieldPath;
      assert.equal(field('POD_IP'), 'status.podIP');
      assert.equal(field('POD_NAME'), 'metadata.name');
      assert.ok(names.indexOf('POD_IP') < names.indexOf('LLM_ADVERTISED_IP'), 'a variable can only name those before it');
      assert.equal(container.env.find(variable => variable.name === 'LLM_ADVERTISED_IP').value, '$(POD_IP)');
      assert.equal(container.env.find(variable => variable.name === 'Orleans__Name').value, '$(POD_NAME)');
      assert.equal(pod.enableServiceLinks, false);
      const headless = services.find(service => service.metadata.name === silos.spec.serviceName);
      assert.equal(headless.spec.clusterIP, 'None');
      assert.equal(headless.spec.publishNotReadyAddresses, true);
    });

    it('refers to objects that there are, or that the values name', () => {
      const made = kind => ofKind(objects, kind).map(object => object.metadata.name);
      const given = { cluster: ['llm-secrets', 'prism-redis-url'], platform: ['llm-secrets', 'more-keys', 'more-settings'], '': ['llm-secrets'] }[set] ?? [];
      for (const { configMapRef, secretRef } of container.envFrom) {
        assert.ok([...made('ConfigMap'), ...given].includes((configMapRef ?? secretRef).name));
      }
      for (const { valueFrom } of container.env.filter(variable => variable.valueFrom?.secretKeyRef)) {
        const { name, key, optional } = valueFrom.secretKeyRef;
        assert.ok([...made('Secret'), ...given].includes(name), name);
        const secret = ofKind(objects, 'Secret').find(object => object.metadata.name === name);
        if (secret && !optional) assert.ok(key in secret.data, key);
      }
      assert.ok([...made('ServiceAccount'), 'default'].includes(pod.serviceAccountName));
      for (const scaler of ofKind(objects, 'HorizontalPodAutoscaler')) {
        assert.equal(scaler.spec.scaleTargetRef.name, silos.metadata.name);
        assert.equal(silos.spec.replicas, undefined);
      }
      for (const { spec } of ofKind(objects, 'HTTPRoute')) {
        const [{ name, port }] = spec.rules[0].backendRefs;
        assert.ok(services.find(service => service.metadata.name === name).spec.ports.some(other => other.port === port));
      }
      for (const backend of ofKind(objects, 'Ingress').flatMap(ingress => ingress.spec.rules).flatMap(rule => rule.http.paths)) {
        const { name, port } = backend.backend.service;
        assert.ok(services.find(service => service.metadata.name === name).spec.ports.some(other => other.name === port.name));
      }
    });

    it('has no secret where it can be read', () => {
      const plain = JSON.stringify(objects.filter(object => object.kind !== 'Secret'));
      assert.doesNotMatch(plain, /sk-example|sk-ant-example|prism:secret/);
    });

    it('opens the API, the silos and the metrics to those who need them', () => {
      for (const policy of policies) {
        const from = name => policy.spec.ingress.filter(rule => rule.ports.some(port => port.port === name)).flatMap(rule => rule.from);
        assert.ok(policy.spec.ingress.every(rule => rule.from.length > 0 && rule.ports.length > 0), 'a rule without "from" lets in everybody');
        assert.deepEqual(from('silo').map(peer => peer.podSelector.matchLabels), [silos.spec.selector.matchLabels]);
        assert.ok(from('gateway').every(peer => peer.podSelector?.matchLabels), 'in-cluster clients are named');
        for (const test of tests) assert.ok(from('http').some(peer => selects(peer.podSelector?.matchLabels ?? {}, test.metadata.labels)));
        assert.deepEqual(policy.spec.policyTypes, ['Ingress', 'Egress']);
      }
    });

    it('never reaches where clouds hand out credentials', () => {
      for (const rule of policies.flatMap(policy => policy.spec.egress)) {
        assert.ok(rule.to.length > 0, 'a rule without "to" allows every address');
        for (const { ipBlock } of rule.to.filter(to => to.ipBlock)) {
          const wide = Number(ipBlock.cidr.split('/')[1]) < 16 && !ipBlock.cidr.includes(':');
          assert.ok(!ipBlock.cidr.startsWith('169.254.') && (!wide || ipBlock.except.includes(metadata)), ipBlock.cidr);
        }
      }
    });

    it('is scraped and watched by what the repository has', () => {
      for (const monitor of ofKind(objects, 'ServiceMonitor')) {
        const scraped = services.filter(service => selects(monitor.spec.selector.matchLabels, service.metadata.labels));
        assert.equal(scraped.length, 1);
        assert.ok(scraped[0].spec.ports.some(port => port.name === monitor.spec.endpoints[0].port));
        assert.equal(scraped[0].metadata.labels[monitor.spec.jobLabel], 'prism');
      }
      for (const rule of ofKind(objects, 'PrometheusRule')) assert.deepEqual(rule.spec, yaml.load(read('helm/prism/rules/prism.yaml')));
      for (const map of ofKind(objects, 'ConfigMap').filter(other => other.data['prism.json'])) {
        assert.deepEqual(JSON.parse(map.data['prism.json']), JSON.parse(read('helm/prism/dashboards/prism.json')));
      }
    });
  });
}
