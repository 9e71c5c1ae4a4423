{{- define "prism.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/*
52 characters: what is appended must fit into the 63 of a DNS label, and so must the hash in the name of a revision. The name of a release may have
dots, the name of a Service may not.
*/}}
{{- define "prism.fullname" -}}
{{- $release := .Release.Name | replace "." "-" }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "prism.name" .) $release }}
{{- $release | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" $release (include "prism.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "prism.selectorLabels" -}}
app.kubernetes.io/name: {{ include "prism.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: silo
{{- end }}

{{/* The labels that are the chart's own, for a component. */}}
{{- define "prism.ownLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/name: {{ include "prism.name" .root | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/*
The metadata of an object. root: the chart's context; name: what follows the full name; and where they differ from the usual, fullname, component,
labels and annotations.
*/}}
{{- define "prism.metadata" -}}
{{- $own := include "prism.ownLabels" (dict "root" .root "component" (.component | default "silo")) | fromYaml }}
{{- $annotations := mergeOverwrite (dict) .root.Values.commonAnnotations (.annotations | default dict) }}
name: {{ print (.fullname | default (include "prism.fullname" .root)) .name | quote }}
namespace: {{ .root.Release.Namespace | quote }}
labels: {{- mergeOverwrite (dict) .root.Values.commonLabels (.labels | default dict) $own | toYaml | nindent 2 }}
{{- with $annotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "prism.serviceName" -}}
{{- .Values.service.name | default (include "prism.fullname" .) }}
{{- end }}

{{- define "prism.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- .Values.serviceAccount.name | default (include "prism.fullname" .) }}
{{- else }}
{{- .Values.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{- define "prism.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion }}
{{- printf "%s%s%s" .Values.image.repository (ternary "@" ":" (hasPrefix "sha256:" $tag)) $tag }}
{{- end }}

{{/* The Secret with the API keys; empty: none. */}}
{{- define "prism.secretName" -}}
{{- if .Values.secrets.create }}
{{- include "prism.fullname" . }}-keys
{{- else }}
{{- .Values.secrets.existingSecret }}
{{- end }}
{{- end }}

{{/* The Secret with the URL of Redis; empty: no Redis. */}}
{{- define "prism.redisSecretName" -}}
{{- if .Values.redis.existingSecret }}
{{- .Values.redis.existingSecret }}
{{- else if .Values.redis.url }}
{{- include "prism.fullname" . }}-redis
{{- end }}
{{- end }}

{{- define "prism.redisSecretKey" -}}
{{- ternary .Values.redis.existingSecretKey "redis-url" (ne .Values.redis.existingSecret "") }}
{{- end }}

{{/* A whole number of values is a float64 here and would be printed as 4.194304e+06. */}}
{{- define "prism.text" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) }}{{ int64 . }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{/* What the chart itself gives the container. */}}
{{- define "prism.ownVariables" -}}
[LLM_HOST, LLM_PORT, LLM_METRICS_PORT, LLM_SILO_PORT, LLM_SILO_GATEWAY_PORT, LLM_ADVERTISED_IP, LLM_REDIS_URL, LLM_DRAIN_DELAY, LLM_DRAIN_TIMEOUT,
 LLM_SHUTDOWN_TIMEOUT, POD_NAME, POD_IP, Orleans__Name]
{{- end }}

{{/*
A sum over the Secrets and ConfigMaps that the values name and the chart does not make; empty where none can be read, as without a cluster.
*/}}
{{- define "prism.existingSum" -}}
{{- $named := list }}
{{- range tuple (ternary "" .Values.secrets.existingSecret .Values.secrets.create) .Values.redis.existingSecret }}
{{- $named = append $named (printf "Secret/%s" .) }}
{{- end }}
{{- range .Values.extraEnvFrom }}
{{- $named = append $named (printf "Secret/%s" (dig "secretRef" "name" "" .)) }}
{{- $named = append $named (printf "ConfigMap/%s" (dig "configMapRef" "name" "" .)) }}
{{- end }}
{{- range .Values.extraEnv }}
{{- $named = append $named (printf "Secret/%s" (dig "valueFrom" "secretKeyRef" "name" "" .)) }}
{{- $named = append $named (printf "ConfigMap/%s" (dig "valueFrom" "configMapKeyRef" "name" "" .)) }}
{{- end }}
{{- $found := dict }}
{{- range $named | uniq | sortAlpha }}
{{- $kind := dir . }}
{{- $name := base . }}
{{- if not (hasSuffix "/" .) }}
{{- with lookup "v1" $kind $.Release.Namespace $name }}
{{- $_ := set $found (printf "%s/%s" $kind $name) (dict "data" .data "binaryData" .binaryData) }}
{{- end }}
{{- end }}
{{- end }}
{{- if $found }}{{ toJson $found | sha256sum }}{{ end }}
{{- end }}
