{{/*
Where a URL leads, as JSON: {"host", "port", "kind"}. The kinds:
  pod        this pod itself: no policy is between
  address    "cidr" has it
  namespace  a Service or a pod of this cluster, in "namespace"
  either     a.b: a Service of "namespace", or a name outside of the cluster
  name       outside of the cluster
  unknown    a variable in it is known only in the pod
Arguments: root, variable (for sentences) and url.
*/}}
{{- define "prism.destination" -}}
{{- $octet := "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])" }}
{{- $label := "[a-z]([-a-z0-9]*[a-z0-9])?" }}
{{- $ports := dict "http" 80 "https" 443 "redis" 6379 "rediss" 6379 }}
{{- $scheme := regexFind "^[A-Za-z][-A-Za-z0-9+.]*://" .url }}
{{- $authority := .url | trimPrefix $scheme | regexFind "^[^/?#]*" | regexFind "[^@]*$" }}
{{- $port := $authority | regexFind ":[0-9]+$" | trimPrefix ":" | default (toString (get $ports ($scheme | lower | trimSuffix "://") | default 80)) | atoi }}
{{- $host := regexReplaceAll ":[0-9]*$" $authority "" | trimPrefix "[" | trimSuffix "]" | trimSuffix "." | lower }}
{{- range .root.Values.hostAliases }}
{{- if has $host .hostnames }}{{ $host = .ip | lower }}{{ end }}
{{- end }}
{{- $domain := regexReplaceAll "[.]" .root.Values.networkPolicy.clusterDomain "[.]" }}
{{- $found := dict "kind" "name" }}
{{- if regexMatch "[$][(]" .url }}
{{- $found = dict "kind" "unknown" }}
{{- else if or (lt $port 1) (gt $port 65535) (regexMatch "[][\\s%:]" (regexReplaceAll "^[0-9a-f:.]*:[0-9a-f:.]*$" $host "")) (not $host) }}
{{- fail (printf "%s is not a URL with a host and a port from 1 to 65535." .variable) }}
{{- else if regexMatch "^(localhost|.*[.]localhost|127[.].*|::1)$" $host }}
{{- $found = dict "kind" "pod" }}
{{- else if contains ":" $host }}
{{- $found = dict "kind" "address" "cidr" (printf "%s/128" $host) }}
{{- else if regexMatch (printf "^%s([.]%s){3}$" $octet $octet) $host }}
{{- $found = dict "kind" "address" "cidr" (printf "%s/32" $host) }}
{{- else if regexMatch "^(0x[0-9a-f]+|[0-9]+)([.](0x[0-9a-f]+|[0-9]+))*$" $host }}
{{- fail (printf "%s has the host %s, which is neither a name nor an address." .variable $host) }}
{{- else if regexMatch (printf "^%s$" $label) $host }}
{{- $found = dict "kind" "namespace" "namespace" .root.Release.Namespace }}
{{- else if regexMatch (printf "^.+[.][^.]+[.](svc|pod)([.]%s)?$" $domain) $host }}
{{- $found = dict "kind" "namespace" "namespace" (regexReplaceAll (printf "^.+[.]([^.]+)[.](svc|pod)([.]%s)?$" $domain) $host "${1}") }}
{{- else if regexMatch (printf "^%s[.]%s$" $label $label) $host }}
{{- $found = dict "kind" "either" "namespace" (regexFind "[^.]+$" $host) }}
{{- end }}
{{- with $found.cidr }}
{{- if include "prism.metadataBlocks" (dict "cidr" . "except" list) }}
{{- fail (printf "%s leads to %s, where clouds hand out credentials." $.variable $host) }}
{{- end }}
{{- end }}
{{- mergeOverwrite $found (dict "host" $host "port" $port) | toJson }}
{{- end }}

{{/*
The URLs that silos call, as JSON: a list of {"variable", "url"}, and "podPort" where it is known. The default URLs of OpenAI and Anthropic need port
443 of the internet, which networkPolicy.providerPorts has.
*/}}
{{- define "prism.calledUrls" -}}
{{- $called := list }}
{{- $isUrl := "(?i)(_URL|_ENDPOINT|(HTTP|HTTPS|ALL)_PROXY)$" }}
{{- $variables := dict }}
{{- range $name, $value := .Values.config }}
{{- $_ := set $variables $name (include "prism.text" $value) }}
{{- end }}
{{- if include "prism.secretName" . }}
{{- range $name, $key := .Values.secrets.env }}
{{- $existing := dict "root" $ "kind" "Secret" "name" $.Values.secrets.existingSecret "key" $key }}
{{- $_ := set $variables $name ($.Values.secrets.create | ternary (get $.Values.secrets.values $key) (include "prism.existingValue" $existing)) }}
{{- end }}
{{- end }}
{{- range $variable := .Values.extraEnv }}
{{- $value := hasKey . "valueFrom" | ternary "$()" (.value | default "") }}
{{- range $kind, $ref := dict "Secret" "secretKeyRef" "ConfigMap" "configMapKeyRef" }}
{{- with dig "valueFrom" $ref "" $variable }}
{{- $value = include "prism.existingValue" (dict "root" $ "kind" $kind "name" .name "key" .key) }}
{{- end }}
{{- end }}
{{- $_ := set $variables .name $value }}
{{- end }}
{{- if not (hasKey $variables "LLM_OLLAMA_BASE_URL") }}
{{- $bridge := "http://ollama-bridge.prism.svc.cluster.local:4010" }}
{{- $called = append $called (dict "variable" "LLM_OLLAMA_BASE_URL" "url" $bridge "podPort" 4010) }}
{{- end }}
{{- range $name, $value := $variables }}
{{- if regexMatch $isUrl $name }}
{{- range $url := splitList "," $value }}
{{- with trim $url }}
{{- $called = append $called (dict "variable" $name "url" .) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $called }}
{{- end }}

{{/*
A value of a Secret or a ConfigMap that exists; "$()" where it cannot be read, as without a cluster. Arguments: root, kind, name and key.
*/}}
{{- define "prism.existingValue" -}}
{{- $object := lookup "v1" .kind .root.Release.Namespace .name }}
{{- $value := get (dig "data" dict ($object | default dict)) .key }}
{{- if not $object }}$(){{ else if eq .kind "Secret" }}{{ $value | b64dec | trim }}{{ else }}{{ trim $value }}{{ end }}
{{- end }}

{{- define "prism.redisUrl" -}}
{{- $secret := dict "root" . "kind" "Secret" "name" .Values.redis.existingSecret "key" .Values.redis.existingSecretKey }}
{{- .Values.redis.url | default (include "prism.existingValue" $secret) }}
{{- end }}

{{/*
Pods of a namespace. The pods of a Service may listen on another port than it has, and a policy applies to theirs: hence all, unless pods have a port.
*/}}
{{- define "prism.toNamespace" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .namespace | quote }}
  ports:
    - protocol: TCP
      {{- with .podPort }}
      port: {{ . }}
      {{- end }}
{{- end }}

{{- define "prism.toAddress" -}}
- to:
    - ipBlock:
        cidr: {{ .cidr | quote }}
  ports:
    - port: {{ .port }}
      protocol: TCP
{{- end }}

{{/* The way to Redis. */}}
{{- define "prism.redisEgress" -}}
{{- $policy := .Values.networkPolicy }}
{{- $url := include "prism.redisUrl" . }}
{{- $known := include "prism.destination" (dict "root" . "variable" "redis.url" "url" $url) | fromJson }}
{{- $port := int ($policy.redisPort | default (eq $known.kind "unknown" | ternary 0 $known.port)) }}
{{- if $policy.redisTo }}
{{- if not $port }}
{{- fail (printf "networkPolicy.redisPort: the URL of Redis is in the Secret %s, which cannot be read here, so that its port is not known: name it." .Values.redis.existingSecret) }}
{{- end }}
- to: {{- toYaml $policy.redisTo | nindent 4 }}
  ports:
    - port: {{ $port }}
      protocol: TCP
{{- else if eq $known.kind "address" }}
{{- include "prism.toAddress" (dict "cidr" $known.cidr "port" $port) }}
{{- else if eq $known.kind "namespace" }}
{{- include "prism.toNamespace" $known }}
{{- else if eq $known.kind "unknown" }}
{{- fail (printf "networkPolicy.redisTo: the URL of Redis is in the Secret %s, which cannot be read here. Say where Redis is: redisTo=[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: data}}}] or [{ipBlock: {cidr: 10.1.2.3/32}}], and redisPort=6379." .Values.redis.existingSecret) }}
{{- else if eq $known.kind "either" }}
{{- fail (printf "redis.url has the host %s: a Service %s in the namespace %s, or a name outside of the cluster? Write %s.svc for the Service, or set networkPolicy.redisTo to the CIDR of the address: [{ipBlock: {cidr: 10.1.2.3/32}}]." $known.host (regexFind "^[^.]+" $known.host) $known.namespace $known.host) }}
{{- else if eq $known.kind "name" }}
{{- fail (printf "redis.url has the host %s, outside of the cluster, and a NetworkPolicy knows addresses, no names: set networkPolicy.redisTo to its CIDR, [{ipBlock: {cidr: 10.1.2.3/32}}]." $known.host) }}
{{- end }}
{{- end }}

{{/* The ways to providers, proxies and collectors. */}}
{{- define "prism.calledEgress" -}}
{{- $policy := .Values.networkPolicy }}
{{- $ports := $policy.providerPorts }}
{{- $rules := list }}
{{- range include "prism.calledUrls" . | fromJsonArray }}
{{- $found := include "prism.destination" (dict "root" $ "variable" .variable "url" .url) | fromJson }}
{{- if eq $found.kind "unknown" }}
{{- if not $policy.extraEgress }}
{{- fail (printf "%s is known in the pod only, so that the NetworkPolicy cannot have the way there: add a rule to networkPolicy.extraEgress." .variable) }}
{{- end }}
{{- else if eq $found.kind "address" }}
{{- $rules = append $rules (include "prism.toAddress" (dict "cidr" $found.cidr "port" (int $found.port))) }}
{{- else if has $found.kind (list "namespace" "either") }}
{{- $rules = append $rules (include "prism.toNamespace" (dict "namespace" $found.namespace "podPort" .podPort)) }}
{{- end }}
{{- if has $found.kind (list "name" "either") }}
{{- if not $policy.providersTo }}
{{- fail (printf "%s has the host %s, outside of the cluster, and networkPolicy.providersTo is empty: put its CIDR there." .variable $found.host) }}
{{- end }}
{{- $ports = append $ports (int $found.port) }}
{{- end }}
{{- end }}
{{- if and $ports $policy.providersTo }}
# A policy knows addresses, no names: every address of providersTo, at the ports of the URLs.
- to: {{- toYaml $policy.providersTo | nindent 4 }}
  ports:
    {{- range $ports | uniq }}
    - port: {{ int . }}
      protocol: TCP
    {{- end }}
{{- end }}
{{- range $rules | uniq }}
{{ trim . }}
{{- end }}
{{- end }}

{{/* The servers of dnsConfig, as peers of a policy. */}}
{{- define "prism.nameservers" -}}
{{- range .Values.dnsConfig.nameservers }}
- ipBlock:
    cidr: {{ printf "%s/%s" . (ternary "128" "32" (contains ":" .)) | quote }}
{{- end }}
{{- end }}
