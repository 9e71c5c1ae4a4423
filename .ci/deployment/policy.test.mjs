// Where the NetworkPolicy lets silos go: to what is configured, and nowhere else.
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, it } from 'node:test';
import { helmTemplate, only, read, render, selects, set } from './chart.mjs';

const isIn = (ip, cidr) => {
  const [address, length] = cidr.split('/');
  const family = text => (text.includes(':') ? 'ipv6' : 'ipv4');
  if (family(ip) !== family(address)) return false;
  const list = new net.BlockList();
  list.addSubnet(address, Number(length), family(address));
  return list.check(ip, family(ip));
};

// As Kubernetes has it: a peer is an address or a pod, by its own labels and those of its namespace.
function isPeer({ ipBlock, namespaceSelector, podSelector }, { ip, namespace, labels = {} }) {
  if (ipBlock) return ip !== undefined && isIn(ip, ipBlock.cidr) && !(ipBlock.except ?? []).some(cidr => isIn(ip, cidr));
  const all = selector => !selector?.matchLabels || selects(selector.matchLabels, labels);
  return namespace !== undefined
    && (namespaceSelector ? namespaceSelector.matchLabels['kubernetes.io/metadata.name'] === namespace : namespace === 'prism')
    && all(podSelector);
}

const isPort = (ports, port) => ports.some(other => other.protocol === 'TCP' && (other.port === undefined || other.port === port));

const reaches = (policy, to, port) => policy.spec.egress.some(rule => rule.to.some(peer => isPeer(peer, to)) && isPort(rule.ports, port));

const policyOf = (...pairs) => only(render(set(...pairs)), 'NetworkPolicy');

const redis = url => [`redis.url=${JSON.stringify(url)}`];
const provider = url => ['config.LLM_PROVIDERS="x"', 'config.LLM_X_TYPE="openai"', `config.LLM_X_BASE_URL=${JSON.stringify(url)}`];
const variable = (name, value) => [`extraEnv=${JSON.stringify([{ name, value }])}`];
const pod = namespace => ({ namespace });
const at = ip => ({ ip });
const block = cidr => `networkPolicy.redisTo=${JSON.stringify([{ ipBlock: { cidr } }])}`;

describe('Silos reach', () => {
  // What is configured, where that is, at which port.
  const cases = [
    ['Redis in the namespace', redis('redis://redis:6380'), pod('prism'), 6380],
    ['Redis whose pods have another port than its Service', redis('redis://redis:80'), pod('prism'), 6379],
    ['Redis in another namespace', redis('redis://redis.data.svc:7000'), pod('data'), 7000],
    ['Redis by its whole name', redis('rediss://u:p%40ss%2F@Redis.Data.svc.cluster.local.:7000/3'), pod('data'), 7000],
    ['a pod of Redis', redis('redis://redis-0.redis.data.svc.cluster.local:7000'), pod('data'), 7000],
    ['Redis in a cluster with a domain of its own', [...redis('redis://redis.data.svc.k8s.example.com'), 'networkPolicy.clusterDomain="k8s.example.com"'], pod('data'), 6379],
    ['Redis at an address', redis('redis://:secret@10.1.2.3:7001/1'), at('10.1.2.3'), 7001],
    ['Redis at an address, by default at 6379', redis('rediss://10.1.2.3'), at('10.1.2.3'), 6379],
    ['Redis at an IPv6 address', redis('redis://[fd12:3456::5]:6380'), at('fd12:3456::5'), 6380],
    ['Redis at an IPv6 address, by default at 6379', redis('redis://[fd12:3456::5]/2'), at('fd12:3456::5'), 6379],
    ['Redis outside of the cluster, by its CIDR', [...redis('redis://redis.example.com:6380'), block('10.1.2.0/24')], at('10.1.2.9'), 6380],
    ['Redis at a port that its CIDR has', [...redis('redis://redis.example.com:6380'), block('10.1.2.0/24'), 'networkPolicy.redisPort=7003'], at('10.1.2.9'), 7003],
    ['Redis whose URL is in a Secret', ['redis.existingSecret="s"', block('10.1.2.3/32'), 'networkPolicy.redisPort=7004'], at('10.1.2.3'), 7004],
    ['Redis that hostAliases knows', [...redis('redis://redis.example.com:6380'), 'hostAliases=[{"ip":"10.9.8.7","hostnames":["redis.example.com"]}]'], at('10.9.8.7'), 6380],
    ['OpenAI and Anthropic', [], at('104.18.7.192'), 443],
    ['OpenAI and Anthropic by IPv6', [], at('2606:4700::6812:7c0'), 443],
    ['the bridge to Ollama', [], pod('prism'), 4010],
    ['a provider outside at its port', provider('https://llm.example.com:8443/v1'), at('203.0.113.7'), 8443],
    ['a provider outside without TLS', provider('http://llm.example.com/v1'), at('203.0.113.7'), 80],
    ['the second address of a provider', provider('https://a.example.com/v1, http://b.example.com:8081'), at('203.0.113.7'), 8081],
    ['a provider in the cluster', provider('http://vllm.models.svc:8000/v1'), pod('models'), 8000],
    ['a provider whose pods have another port than its Service', provider('http://vllm.models.svc/v1'), pod('models'), 8000],
    ['a provider in the namespace', provider('http://vllm/v1'), pod('prism'), 8000],
    ['a provider that may be a Service', provider('http://vllm.models:8000'), pod('models'), 8000],
    ['a provider that may be outside', provider('https://openrouter.ai:8444/api/v1'), at('203.0.113.7'), 8444],
    ['a provider at an address', provider('http://10.20.30.40:11434'), at('10.20.30.40'), 11434],
    ['a provider at an IPv6 address', provider('http://[fd12::7]:11434'), at('fd12::7'), 11434],
    ['a provider inside of providersTo', [...provider('https://llm.corp.example:9443'), 'networkPolicy.providersTo=[{"ipBlock":{"cidr":"10.0.0.0/8"}}]'], at('10.4.5.6'), 9443],
    ['Ollama where it is configured', ['config.LLM_OLLAMA_BASE_URL="http://10.0.0.9:11434"'], at('10.0.0.9'), 11434],
    ['an address that is a variable of the container', variable('LLM_OLLAMA_BASE_URL', 'http://ollama.gpu.svc:11434'), pod('gpu'), 11434],
    ['an address in the Secret that the chart makes',
      ['secrets={"create":true,"values":{"u":"http://ollama.gpu.svc:11434"},"env":{"LLM_OLLAMA_BASE_URL":"u"}}'], pod('gpu'), 11434],
    ['a collector of traces', ['config.OTEL_EXPORTER_OTLP_ENDPOINT="http://collector.tracing.svc:4317"'], pod('tracing'), 4317],
    ['a collector of one signal', ['config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="http://10.3.3.3:4318/v1/traces"'], at('10.3.3.3'), 4318],
    ['a proxy', variable('HTTPS_PROXY', 'http://proxy.egress.svc:3128'), pod('egress'), 3128],
    ['a proxy without a scheme', variable('https_proxy', '10.7.7.7:3128'), at('10.7.7.7'), 3128],
    ['a proxy outside', variable('ALL_PROXY', 'http://user:pass@proxy.example.com:3128/'), at('203.0.113.7'), 3128],
    ['what extraEgress has', ['networkPolicy.extraEgress=[{"to":[{"ipBlock":{"cidr":"10.8.0.0/16"}}],"ports":[{"port":5000,"protocol":"TCP"}]}]'], at('10.8.1.1'), 5000],
    ['a name server of dnsConfig', ['dnsConfig.nameservers=["10.96.0.53"]'], at('10.96.0.53'), 53],
  ];
  for (const [what, pairs, to, port] of cases) {
    it(what, () => {
      const policy = policyOf(...pairs);
      assert.ok(reaches(policy, to, port), JSON.stringify(policy.spec.egress));
      for (const ip of ['169.254.169.254', '169.254.170.2', 'fe80::1', 'fd00:ec2::254']) {
        for (const any of [53, 80, 443, port]) assert.ok(!reaches(policy, at(ip), any), `${ip}:${any}`);
      }
      assert.ok(!reaches(policy, pod('elsewhere'), port));
      assert.ok(!reaches(policy, at('203.0.113.7'), 22));
    });
  }

  it('nothing more by a URL of the pod itself', () => {
    const egress = (...pairs) => policyOf(...pairs).spec.egress;
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'a.localhost']) {
      assert.deepEqual(egress('config.LLM_OLLAMA_BASE_URL=""', ...redis(`redis://${host}:6379`)), egress('config.LLM_OLLAMA_BASE_URL=""'));
    }
  });

  it('Ollama where the service looks for it by default', () => {
    const [, url] = read('docs/configuration.md').match(/\| `LLM_OLLAMA_BASE_URL` \| `([^`]*)`/);
    assert.deepEqual(policyOf(`config.LLM_OLLAMA_BASE_URL="${url}"`).spec.egress.map(rule => rule.to), policyOf().spec.egress.map(rule => rule.to));
  });

  it('Redis and the metrics at other ports than those that are configured: not', () => {
    const policy = policyOf(...redis('redis://10.1.2.3:7001'));
    assert.ok(!reaches(policy, at('10.1.2.3'), 6379));
    assert.ok(!reaches(policyOf(), pod('prism'), 8080), 'the bridge to Ollama is one port');
    assert.ok(!reaches(policyOf(), at('104.18.7.192'), 80));
  });
});

describe('The NetworkPolicy is refused', () => {
  const named = 'a NetworkPolicy knows addresses';
  const cloud = 'where clouds hand out credentials';
  const cases = [
    ['for Redis outside of the cluster by name', redis('redis://redis.example.com:6379'), named],
    ['for Redis outside, with a password', redis('rediss://user:p%40ss@redis.example.com:6379/0'), named],
    ['for Redis by half a name', redis('redis://redis.data:6379'), 'Write redis.data.svc'],
    ['for Redis of another cluster domain', redis('redis://redis.data.svc.k8s.corp:6379'), named],
    ['for Redis in a Secret that cannot be read', ['redis.existingSecret="s"'], 'Say where Redis is'],
    ['for Redis in a Secret, at a port that is not known', ['redis.existingSecret="s"', block('10.1.2.3/32')], 'name it'],
    ['for Redis where clouds hand out credentials', redis('redis://169.254.169.254:80'), cloud],
    ['for a URL without a host', redis('redis://:6379'), 'is not a URL'],
    ['for a port that is none', redis('redis://redis:70000'), 'is not a URL'],
    ['for port 0', provider('http://vllm.models.svc:0'), 'is not a URL'],
    ['for a zone of IPv6', provider('http://[fe80::1%25eth0]:80'), 'is not a URL'],
    ['for a provider where clouds hand out credentials', provider('http://169.254.169.254/latest'), cloud],
    ['for the second address of a provider', provider('http://10.0.0.1, http://[fd00:ec2::254]'), cloud],
    ['for an IPv6 address on the link', provider('http://[fe80::a]:80'), cloud],
    ['for an IPv4 address in IPv6', provider('http://[::ffff:169.254.169.254]:80'), cloud],
    ['for an IPv4 address in IPv6, in hexadecimal', provider('http://[::ffff:a9fe:a9fe]:80'), cloud],
    ['for an address as one number', provider('http://2852039166/'), 'neither a name nor an address'],
    ['for an address in hexadecimal', provider('http://0xA9FEA9FE/'), 'neither a name nor an address'],
    ['for an address of three numbers', provider('http://169.254.43518/'), 'neither a name nor an address'],
    ['for an address beyond 255', provider('http://10.1.2.300/'), 'neither a name nor an address'],
    ['for an alias where clouds hand out credentials',
      [...provider('http://gpu.example.com'), 'hostAliases=[{"ip":"169.254.169.254","hostnames":["gpu.example.com"]}]'], cloud],
    ['for a provider by name where there are no addresses of providers', [...provider('https://llm.example.com'), 'networkPolicy.providersTo=[]'], 'put its CIDR there'],
    ['for an address in a Secret that exists', ['secrets.env={"LLM_X_BASE_URL":"url"}'], 'LLM_X_BASE_URL is known in the pod only'],
    ['for an address of another object', ['extraEnv=[{"name":"LLM_OLLAMA_BASE_URL","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]'], 'known in the pod only'],
    ['for an address with a variable', variable('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://$(HOST_IP):4317'), 'known in the pod only'],
    ['for a CIDR without a length', [block('10.1.2.3')], 'is not a CIDR'],
    ['for a CIDR that is too long', [block('10.1.2.3/33')], 'is not a CIDR'],
    ['for a CIDR of a name', [block('redis.example.com/32')], 'is not a CIDR'],
    ['for every address', [block('0.0.0.0/0')], 'contains 169.254.0.0/16'],
    ['for half of all addresses', [block('128.0.0.0/1')], 'contains 169.254.0.0/16'],
    ['for a part of the credentials', [block('169.254.169.0/24')], 'contains 169.254.0.0/16'],
    ['for every IPv6 address', [block('::/0')], 'contains fe80::/10 and fd00:ec2::/32'],
    ['for every unique local address', [block('fd00::/8')], 'contains fd00:ec2::/32'],
    ['for a server of credentials', [block('fd00:ec2::254/128')], 'contains fd00:ec2::/32'],
    ['for the link', [block('fe80::/64')], 'contains fe80::/10'],
    ['for credentials in IPv6', [block('::ffff:169.254.0.0/112')], 'contains 169.254.0.0/16'],
    ['for all providers', ['networkPolicy.providersTo=[{"ipBlock":{"cidr":"0.0.0.0/0"}}]'], 'contains 169.254.0.0/16'],
    ['for a peer that is misspelt', ['networkPolicy.httpFrom=[{"podSelektor":{}}]'], 'podSelektor'],
  ];
  for (const [what, pairs, sentence] of cases) {
    it(what, () => {
      const { error } = helmTemplate(set(...pairs));
      assert.ok(error?.includes(sentence), error ?? 'it was rendered');
      assert.doesNotMatch(error, /p%40ss|nil pointer/);
    });
  }

  it('never without one, nor where the rules are given', () => {
    const off = 'networkPolicy.enabled=false';
    const given = 'networkPolicy.extraEgress=[{"to":[{"ipBlock":{"cidr":"10.8.0.0/16"}}]}]';
    for (const pairs of [[...redis('redis://redis.example.com'), off], ['redis.existingSecret="s"', off], ['secrets.env={"LLM_X_BASE_URL":"url"}', given],
      [...variable('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://$(HOST_IP):4317'), given]]) {
      assert.equal(helmTemplate(set(...pairs)).error, null);
    }
  });

  it('for no block that is far from the credentials', () => {
    for (const cidr of ['10.0.0.0/8', '169.253.0.0/16', '168.0.0.0/8', 'fd12:3456::/32', 'fd00:ec3::/32', '2000::/3', 'fec0::/10', '::1/128']) {
      assert.equal(helmTemplate(set(block(cidr), 'networkPolicy.redisPort=1')).error, null, cidr);
    }
  });
});
