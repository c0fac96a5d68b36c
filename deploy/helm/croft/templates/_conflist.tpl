{{/* Whether the agent writes one: "true", or nothing. */}}
{{- define "croft.writesConflist" -}}
{{- if and .Values.cni.conflist.install (not .Values.cni.remove) }}true{{ end }}
{{- end }}

{{/* The network configuration, as JSON. */}}

{{- define "croft.conflist" -}}
{{- $c := .Values.cni.conflist }}
{{- if $c.raw }}{{ trim $c.raw }}
{{- else }}
{{- $ipam := dict "type" "croft" }}
{{- with $c.pools }}{{ $_ := set $ipam "pools" . }}{{ end }}
{{- $main := dict "type" $c.type "ipam" $ipam "capabilities" (dict "io.kubernetes.cri.pod-annotations" true "ips" true) }}
{{- if eq $c.type "bridge" }}
{{- $main = merge $main (dict "bridge" $c.bridge "isDefaultGateway" true "hairpinMode" true) }}
{{- else if eq $c.type "macvlan" }}
{{- $main = merge $main (dict "master" $c.master "mode" "bridge") }}
{{- end }}
{{- if and $c.ipMasq (ne $c.type "macvlan") }}{{ $_ := set $main "ipMasq" true }}{{ end }}
{{- if $c.mtu }}{{ $_ := set $main "mtu" (int $c.mtu) }}{{ end }}
{{- $plugins := list $main }}
{{- if and $c.portmap (ne $c.type "macvlan") }}
{{- $plugins = append $plugins (dict "type" "portmap" "snat" true "capabilities" (dict "portMappings" true)) }}
{{- end }}
{{- dict "cniVersion" (first $c.versions) "cniVersions" $c.versions "name" $c.network "plugins" $plugins | toPrettyJson }}
{{- end }}
{{- end }}
