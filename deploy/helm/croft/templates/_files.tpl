{{/* The agent's file of options. */}}
{{- define "croft.agentFile" -}}
{{- $a := .Values.agent }}
{{- $metrics := include "croft.metrics" . -}}
state-dir: /var/lib/croft
run-dir: /run/croft
{{- if eq .Values.store.type "embedded" }}
store: embedded
single-node: "true"
{{- else }}
{{ include "croft.storeOptions" . }}
{{- with .Values.store.auth.secretName }}
store-password-file: /etc/croft/auth/password
{{- end }}
{{- end }}
{{- with include "croft.criSocket" . }}
cri-socket: {{ quote . }}
{{- end }}
cni-cache: {{ include "croft.resultsDir" . | quote }}
{{- if not .Values.cni.remove }}
cni-conf-dir: {{ include "croft.confDir" . | quote }}
{{- if include "croft.writesConflist" . }}
cni-conflist: /etc/croft/conflist/{{ .Values.cni.conflist.name }}.conflist
{{- end }}
{{- end }}
{{- if ne $metrics "node" }}
metrics-address: {{ ternary "off" (printf "127.0.0.1:%d" (int $a.metrics.port)) (eq $metrics "off") | quote }}
{{- end }}
wait-for-lock: {{ $a.waitForLock | quote }}
log-level: {{ $a.logLevel }}
log-format: {{ $a.logFormat }}
{{- with $a.bootIdFile }}
boot-id-file: {{ quote . }}
{{- end }}
{{- with $a.labels }}
label: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Pools and the ranges of others, as croft pool apply reads them. */}}
{{- define "croft.poolFile" -}}
{{- range .Values.external }}
---
external: {{ .name | quote }}
{{ omit . "name" | toYaml }}
{{- end }}
{{- range .Values.pools }}
---
name: {{ .name | quote }}
{{- $pool := omit . "name" "default" }}
{{- if .default }}{{ $_ := set $pool "isDefault" true }}{{ end }}
{{ toYaml $pool }}
{{- end }}
{{- end }}
