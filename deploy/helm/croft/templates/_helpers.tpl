{{/* Names and labels */}}

{{- define "croft.labels" -}}
app.kubernetes.io/name: croft
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* The labels of one part; never change. */}}
{{- define "croft.selector" -}}
app.kubernetes.io/name: croft
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "croft.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "croft.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ quote . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Paths by distribution */}}

{{- define "croft.presets" -}}
kubeadm: { binDir: /opt/cni/bin, confDir: /etc/cni/net.d, criSocket: /run/containerd/containerd.sock }
k3s: { binDir: /var/lib/rancher/k3s/data/cni, confDir: /var/lib/rancher/k3s/agent/etc/cni/net.d, criSocket: /run/k3s/containerd/containerd.sock }
rke2: { binDir: /opt/cni/bin, confDir: /etc/cni/net.d, criSocket: /run/k3s/containerd/containerd.sock }
kind: { binDir: /opt/cni/bin, confDir: /etc/cni/net.d, criSocket: /run/containerd/containerd.sock }
talos: { binDir: /opt/cni/bin, confDir: /etc/cni/net.d, criSocket: /run/containerd/containerd.sock }
cos: { binDir: /home/kubernetes/bin, confDir: /etc/cni/net.d, criSocket: /run/containerd/containerd.sock }
{{- end }}

{{- define "croft.preset" -}}
{{ index (include "croft.presets" . | fromYaml) .Values.preset | toYaml }}
{{- end }}

{{- define "croft.binDir" -}}
{{ .Values.cni.binDir | default (include "croft.preset" . | fromYaml).binDir }}
{{- end }}

{{- define "croft.confDir" -}}
{{ .Values.cni.confDir | default (include "croft.preset" . | fromYaml).confDir }}
{{- end }}

{{- define "croft.resultsDir" -}}
{{ .Values.cni.resultsDir | default "/var/lib/cni/results" }}
{{- end }}

{{/* A word; YAML reads off as false. */}}
{{- define "croft.word" -}}
{{- if kindIs "bool" . }}{{ ternary "on" "off" . }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{/* Path of the runtime's socket; nothing: it is not asked. */}}
{{- define "croft.criSocket" -}}
{{- $said := include "croft.word" .Values.criSocket }}
{{- if eq $said "preset" }}{{ (include "croft.preset" . | fromYaml).criSocket }}
{{- else if ne $said "off" }}{{ trimPrefix "unix://" $said }}{{ end }}
{{- end }}

{{- define "croft.metrics" -}}
{{ include "croft.word" .Values.agent.metrics.address }}
{{- end }}

{{- define "croft.metricsAt" -}}
{{ include "croft.metrics" . }}:{{ int .Values.agent.metrics.port }}
{{- end }}

{{/* The DaemonSet of this release as it is in the cluster, as JSON; of nothing where there is none, or no cluster can be seen. */}}
{{- define "croft.agents" -}}
{{ lookup "apps/v1" "DaemonSet" .Release.Namespace .Release.Name | default dict | toJson }}
{{- end }}

{{/*
Whether the next agent starts beside the one before it: "true", or nothing. While it waits the other answers its probes; where that one answers
elsewhere, it would never be ready, and the other never end.
*/}}
{{- define "croft.surges" -}}
{{- if and .Values.updateStrategy.surge (not .Values.cni.remove) }}
{{- $was := dig "metadata" "annotations" "croft.io/metrics" "" (include "croft.agents" . | fromJson) }}
{{- if or (not $was) (eq $was (include "croft.metricsAt" .)) }}true{{ end }}
{{- end }}
{{- end }}

{{/* Store */}}

{{/* The node of the embedded store. Where no cluster can be seen, as with helm template, a name that no node has. */}}
{{- define "croft.embeddedNode" -}}
{{- if .Values.store.embedded.node }}{{ .Values.store.embedded.node }}
{{- else }}
{{- $nodes := (lookup "v1" "Node" "" "").items | default list }}
{{- if gt (len $nodes) 1 }}
{{- fail (printf "\n\nstore.type \"embedded\": serves one node, and the cluster has %d; set store.embedded.node if only one is to have Croft, else store.type to etcd or bundled\n" (len $nodes)) }}
{{- end }}
{{- if $nodes }}{{ (first $nodes).metadata.name }}{{ else }}name-of-your-node{{ end }}
{{- end }}
{{- end }}

{{- define "croft.endpoints" -}}
{{- if eq .Values.store.type "bundled" }}
{{- $port := int .Values.etcd.bundled.clientPort }}
{{- $urls := list }}
{{- range .Values.etcd.bundled.nodes }}
{{- $urls = append $urls (printf "http://%s:%d" (include "croft.inUrl" .address) $port) }}
{{- end }}
{{- join "," $urls }}
{{- else }}{{ join "," .Values.store.endpoints }}{{ end }}
{{- end }}

{{- define "croft.inUrl" -}}
{{- if contains ":" . }}[{{ . }}]{{ else }}{{ . }}{{ end }}
{{- end }}

{{/* What the state of a node belongs to: agents refuse to start with another. */}}
{{- define "croft.storeIdentity" -}}
{{- if eq .Values.store.type "embedded" }}node {{ include "croft.embeddedNode" . }}{{ else }}cluster {{ .Values.store.cluster }}{{ end }}
{{- end }}

{{/* The flag that tells two clusters apart which were given one name; none where it is not asked for, or no cluster can be seen. */}}
{{- define "croft.owner" -}}
{{- if eq .Values.store.owner "kube-system" }}
{{- with (lookup "v1" "Namespace" "" "kube-system") }}
- {{ printf "--owner=%s" .metadata.uid | quote }}
{{- end }}
{{- else if .Values.store.owner }}
- {{ printf "--owner=%s" .Values.store.owner | quote }}
{{- end }}
{{- end }}

{{/* The store's options, by name, without the user. */}}
{{- define "croft.storeOptions" -}}
store: {{ include "croft.endpoints" . | quote }}
cluster: {{ .Values.store.cluster | quote }}
{{- with .Values.store.tls }}
{{- if .secretName }}
store-ca: /etc/croft/tls/ca.crt
{{- if .clientCertificate }}
store-cert: /etc/croft/tls/tls.crt
store-key: /etc/croft/tls/tls.key
{{- end }}
{{- end }}
{{- if .serverName }}
store-server-name: {{ .serverName | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* The same as flags of a command. */}}
{{- define "croft.storeFlags" -}}
{{- range $name, $value := include "croft.storeOptions" . | fromYaml }}
- {{ printf "--%s=%s" $name $value | quote }}
{{- end }}
{{- end }}

{{/* The variable with etcd's user, from that secret; commands that are run in the container take it, too. */}}
{{- define "croft.userVariable" -}}
- name: CROFT_STORE_USER
  valueFrom:
    secretKeyRef: { name: {{ quote . }}, key: username }
{{- end }}

{{/* What lies in /etc/croft beside the file of options: sources of a projected volume. */}}
{{- define "croft.secretSources" -}}
{{- with .Values.store.tls }}
{{- if .secretName }}
- secret:
    name: {{ .secretName | quote }}
    items:
      - { key: ca.crt, path: tls/ca.crt }
      {{- if .clientCertificate }}
      - { key: tls.crt, path: tls/tls.crt }
      - { key: tls.key, path: tls/tls.key }
      {{- end }}
{{- end }}
{{- end }}
{{- with .Values.store.auth.secretName }}
- secret:
    name: {{ quote . }}
    items:
      - { key: password, path: auth/password }
{{- end }}
{{- end }}

{{/* Pods */}}

{{/* What every container is denied. */}}
{{- define "croft.securityContext" -}}
allowPrivilegeEscalation: false
capabilities: { drop: [ALL] }
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: false
runAsUser: 0
runAsGroup: 0
seccompProfile: { type: RuntimeDefault }
{{- with .Values.agent.seLinuxType }}
seLinuxOptions: { type: {{ quote . }} }
{{- end }}
{{- end }}

{{/* What every pod on the nodes' network has. */}}
{{- define "croft.podOnNode" -}}
automountServiceAccountToken: false
enableServiceLinks: false
dnsPolicy: Default
hostNetwork: true
priorityClassName: {{ .Values.priorityClassName }}
serviceAccountName: {{ .Release.Name }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* That one of these nodes. */}}
{{- define "croft.onNodes" -}}
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
        {{- range . }}
        - matchFields: [{ key: metadata.name, operator: In, values: [{{ quote . }}] }]
        {{- end }}
{{- end }}
