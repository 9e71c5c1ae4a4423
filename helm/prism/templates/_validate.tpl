{{/* What the schema cannot say. Each refusal is a sentence that says what to do. */}}
{{- define "prism.validate" -}}
{{- include "prism.validateNames" . }}
{{- include "prism.validateSilos" . }}
{{- include "prism.validateVariables" . }}
{{- include "prism.validateService" . }}
{{- if .Values.networkPolicy.enabled }}{{ include "prism.validatePeers" . }}{{ end }}
{{- end }}

{{- define "prism.validateNames" -}}
{{- if not .Values.image.repository }}
{{- fail "image.repository is empty: name an image that the cluster can pull, such as registry.example.com/prism. The README says how to build one." }}
{{- end }}
{{- if regexMatch "[:@]" (base .Values.image.repository) }}
{{- fail (printf "image.repository is %s: put what follows the name into image.tag." .Values.image.repository) }}
{{- end }}
{{- $name := include "prism.fullname" . }}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) }}
{{- fail (printf "The objects would be called %s, and the name of a Service begins with a letter: set fullnameOverride." $name) }}
{{- end }}
{{- if has .Values.service.name (list (printf "%s-metrics" $name) (printf "%s-headless" $name)) }}
{{- fail (printf "service.name is %s, which is the name of another Service of the chart." .Values.service.name) }}
{{- end }}
{{- $own := include "prism.ownLabels" (dict "root" . "component" "silo") | fromYaml }}
{{- range $value := tuple "commonLabels" "podLabels" }}
{{- range $label, $_ := get $.Values $value }}
{{- if hasKey $own $label }}
{{- fail (printf "%s has %s, which is the chart's own." $value $label) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "prism.validateSilos" -}}
{{- $replicas := int .Values.replicaCount }}
{{- with .Values.autoscaling }}
{{- if .enabled }}
{{- $replicas = int .maxReplicas }}
{{- if gt (int .minReplicas) $replicas }}
{{- fail (printf "autoscaling.minReplicas is %d and autoscaling.maxReplicas is %d: the least cannot be above the most." (int .minReplicas) $replicas) }}
{{- end }}
{{- if not (or .targetCPUUtilizationPercentage .targetInflightRequests .targetQueuedRequests .metrics) }}
{{- fail "autoscaling.enabled is true and there is no metric to go by: set a target of autoscaling, or autoscaling.metrics." }}
{{- end }}
{{- if and .targetCPUUtilizationPercentage (not (dig "requests" "cpu" "" ($.Values.resources | default dict))) }}
{{- fail "autoscaling.targetCPUUtilizationPercentage is a share of resources.requests.cpu, which is missing: set it, or set the target to null." }}
{{- end }}
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
{{- $ports := values .Values.ports | uniq }}
{{- if ne (len $ports) (len .Values.ports) }}
{{- fail "ports: http, metrics, silo and gateway have to be four different ports." }}
{{- end }}
{{- $containers := list "prism" }}
{{- range concat .Values.initContainers .Values.extraContainers }}
{{- if has .name $containers }}
{{- fail (printf "There are two containers with the name %s: rename the one in initContainers or extraContainers." .name) }}
{{- end }}
{{- $containers = append $containers .name }}
{{- end }}
{{- end }}

{{- define "prism.validateVariables" -}}
{{- $own := include "prism.ownVariables" . | fromYamlArray }}
{{- range $name, $_ := .Values.config }}
{{- if has $name $own }}
{{- fail (printf "config.%s is set by the chart itself: see ports, redis and drain." $name) }}
{{- end }}
{{- if or (hasSuffix "_API_KEY" $name) (hasSuffix "_HEADERS" $name) (eq $name "LLM_API_KEYS") }}
{{- fail (printf "config.%s would be readable by everyone who may read ConfigMaps: put it in a Secret and its name in secrets.env." $name) }}
{{- end }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if has .name $own }}
{{- fail (printf "extraEnv has %s, which is set by the chart itself: see ports, redis and drain." .name) }}
{{- end }}
{{- end }}
{{- range $name, $_ := .Values.secrets.env }}
{{- if has $name $own }}
{{- fail (printf "secrets.env has %s, which is set by the chart itself: see ports, redis and drain." $name) }}
{{- end }}
{{- end }}
{{- if and .Values.prices (hasKey .Values.config "LLM_PRICES_FILE") }}
{{- fail "prices and config.LLM_PRICES_FILE are both set: leave one of them out." }}
{{- end }}
{{- end }}

{{- define "prism.validateService" -}}
{{- with .Values.service }}
{{- if eq .type "ClusterIP" }}
{{- range $field := tuple "nodePort" "externalTrafficPolicy" }}
{{- if get $.Values.service $field }}
{{- fail (printf "service.%s is for a service.type of NodePort or LoadBalancer, and it is ClusterIP." $field) }}
{{- end }}
{{- end }}
{{- end }}
{{- if ne .type "LoadBalancer" }}
{{- range $field := tuple "loadBalancerClass" "loadBalancerSourceRanges" }}
{{- if get $.Values.service $field }}
{{- fail (printf "service.%s is for a service.type of LoadBalancer, and it is %s." $field $.Values.service.type) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "ingress.enabled is true and ingress.hosts is empty: name at least one host." }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "httpRoute.enabled is true and httpRoute.parentRefs is empty: name the Gateway, [{name: gateway, namespace: gateways}]." }}
{{- end }}
{{- end }}

{{- define "prism.validatePeers" -}}
{{- $policy := .Values.networkPolicy }}
{{- $named := concat $policy.redisTo $policy.dnsTo $policy.providersTo }}
{{- range $policy.extraEgress }}
{{- if not .to }}
{{- fail "networkPolicy: a rule without \"to\" allows every address, 169.254.0.0/16 among them: name the peers." }}
{{- end }}
{{- $named = concat $named .to }}
{{- end }}
{{- range $peer := $named }}
{{- with $peer.ipBlock }}
{{- if not (regexMatch "^([0-9]{1,3}([.][0-9]{1,3}){3}/([0-9]|[12][0-9]|3[0-2])|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))$" (.cidr | default "")) }}
{{- fail (printf "networkPolicy: %s is not a CIDR such as 10.1.2.3/32 or fd12:3456::/48." (.cidr | default "an ipBlock without a cidr")) }}
{{- end }}
{{- with include "prism.metadataBlocks" (dict "cidr" .cidr "except" (.except | default list)) | trim }}
{{- fail (printf "networkPolicy: the block %s contains %s, where clouds hand out credentials: name a narrower one, or put that in its \"except\"." $peer.ipBlock.cidr (replace " " " and " .)) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
