{{/* What the schema cannot say. Each refusal is a sentence that says what to do. */}}
{{- define "prism.validate" -}}
{{- $replicas := int .Values.replicaCount }}
{{- if .Values.autoscaling.enabled }}
{{- $replicas = int .Values.autoscaling.maxReplicas }}
{{- if gt (int .Values.autoscaling.minReplicas) $replicas }}
{{- fail (printf "autoscaling.minReplicas is %d and autoscaling.maxReplicas is %d: the least cannot be above the most." (int .Values.autoscaling.minReplicas) $replicas) }}
{{- end }}
{{- end }}
{{- if and (gt $replicas 1) (not (include "prism.redisSecretName" .)) }}
{{- fail (printf "%d silos need Redis to find each other and to share limits, budgets and answers: set redis.url or redis.existingSecret, or let replicaCount be 1, which runs in memory." $replicas) }}
{{- end }}
{{- if and .Values.redis.url .Values.redis.existingSecret }}
{{- fail "redis.url and redis.existingSecret are both set: leave one of them out." }}
{{- end }}
{{- if and .Values.secrets.create (not .Values.secrets.values) }}
{{- fail "secrets.create is true and secrets.values is empty: put the keys there, or name a Secret that exists in secrets.existingSecret." }}
{{- end }}
{{- if and .Values.secrets.values (not .Values.secrets.create) }}
{{- fail "secrets.values is set and secrets.create is false, so that the keys would go nowhere: set secrets.create to true." }}
{{- end }}
{{- range $name := tuple "LLM_HOST" "LLM_PORT" "LLM_METRICS_PORT" "LLM_SILO_PORT" "LLM_SILO_GATEWAY_PORT" "LLM_ADVERTISED_IP" "LLM_REDIS_URL" "LLM_DRAIN_DELAY" "LLM_DRAIN_TIMEOUT" "LLM_SHUTDOWN_TIMEOUT" }}
{{- if hasKey $.Values.config $name }}
{{- fail (printf "config.%s is set by the chart itself: see ports, redis and drain." $name) }}
{{- end }}
{{- end }}
{{- range $name, $_ := .Values.config }}
{{- if or (hasSuffix "_API_KEY" $name) (hasSuffix "_HEADERS" $name) (eq $name "LLM_API_KEYS") }}
{{- fail (printf "config.%s would be readable by everyone who may read ConfigMaps: put it in a Secret and its name in secrets.env." $name) }}
{{- end }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "ingress.enabled is true and ingress.hosts is empty: name at least one host." }}
{{- end }}
{{- $ports := values .Values.ports | uniq }}
{{- if ne (len $ports) (len .Values.ports) }}
{{- fail "ports: http, metrics, silo and gateway have to be four different ports." }}
{{- end }}
{{- range $rule := concat (list (dict "to" .Values.networkPolicy.redisTo) (dict "to" .Values.networkPolicy.dnsTo)) .Values.networkPolicy.extraEgress }}
{{- if not $rule.to }}
{{- fail "networkPolicy: a rule without \"to\" allows every address, 169.254.0.0/16 among them: name the peers." }}
{{- end }}
{{- range $peer := $rule.to }}
{{- $block := $peer.ipBlock | default dict }}
{{- $cidr := $block.cidr | default "" }}
{{- if or (hasPrefix "169.254." $cidr) (and (regexMatch "^([0-9.]+/[0-7]|169[.][0-9.]+/([89]|1[0-5]))$" $cidr) (not (has "169.254.0.0/16" ($block.except | default list)))) }}
{{- fail (printf "networkPolicy: the block %s contains 169.254.0.0/16, where clouds hand out credentials: name a narrower one, or put 169.254.0.0/16 in its \"except\"." $cidr) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
