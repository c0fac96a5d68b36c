{{/* Refuses values that the schema lets through and that cannot work: all of them at once, each with field, value and mend. */}}

{{- define "croft.validate" -}}
{{- $faults := concat
    (include "croft.faults.paths" . | fromYamlArray)
    (include "croft.faults.store" . | fromYamlArray)
    (include "croft.faults.pools" . | fromYamlArray)
    (include "croft.faults.agent" . | fromYamlArray)
    (include "croft.faults.cluster" . | fromYamlArray) }}
{{- with $faults }}
{{- fail (printf "\n\n%s\n" (join "\n" .)) }}
{{- end }}
{{- end }}

{{/* One fault: a list of field, value, what is wrong and what mends it. */}}
{{- define "croft.fault" -}}
- {{ printf "%s %s: %s; %s" (index . 0) (index . 1 | toJson) (index . 2) (index . 3) | toJson }}
{{ end }}

{{- define "croft.faults.paths" -}}
{{- $presets := include "croft.presets" . | fromYaml }}
{{- if not (hasKey $presets .Values.preset) }}
{{ include "croft.fault" (list "preset" .Values.preset "is unknown" (printf "choose one of %s, and set cni.binDir, cni.confDir and criSocket where your nodes differ" (keys $presets | sortAlpha | join ", "))) }}
{{- end }}
{{- $c := .Values.cni }}
{{- range $field, $path := dict "cni.binDir" $c.binDir "cni.confDir" $c.confDir "cni.resultsDir" $c.resultsDir "agent.bootIdFile" .Values.agent.bootIdFile "etcd.bundled.dataDir" .Values.etcd.bundled.dataDir }}
{{- if and $path (not (regexMatch "^(/[^/]+)+$" $path)) }}
{{ include "croft.fault" (list $field $path "is no path from the root" "write it from the root, without / at its end, as /opt/cni/bin") }}
{{- end }}
{{- end }}
{{- $socket := include "croft.word" .Values.criSocket }}
{{- if not (or (has $socket (list "preset" "off")) (regexMatch "^(unix://)?(/[^/]+){3,}$" $socket)) }}
{{ include "croft.fault" (list "criSocket" $socket "is no path of a socket that has a directory of its own, for the agent is given that directory" "write preset, off, or a path such as /run/containerd/containerd.sock") }}
{{- end }}
{{- with $c.conflist }}
{{- if not (regexMatch "^[A-Za-z0-9][A-Za-z0-9._-]*$" .name) }}
{{ include "croft.fault" (list "cni.conflist.name" .name "is no file name" "write it without directory, as 10-croft") }}
{{- else if hasSuffix ".conflist" .name }}
{{ include "croft.fault" (list "cni.conflist.name" .name "has the file's ending already" (printf "write %s" (trimSuffix ".conflist" .name))) }}
{{- end }}
{{- if not (regexMatch "^[A-Za-z0-9][A-Za-z0-9_.-]*$" .network) }}
{{ include "croft.fault" (list "cni.conflist.network" .network "is no name of a network" "write letters, digits, '_', '.' and '-', the first a letter or digit") }}
{{- end }}
{{- range $field, $link := dict "cni.conflist.bridge" .bridge "cni.conflist.master" .master }}
{{- if or (regexMatch "[/:[:space:]]" $link) (has $link (list "." "..")) }}
{{ include "croft.fault" (list $field $link "is no name of an interface" "write it as ip link shows it, without '/', ':' and spaces") }}
{{- end }}
{{- end }}
{{- if not (has .type (list "bridge" "ptp" "macvlan")) }}
{{ include "croft.fault" (list "cni.conflist.type" .type "is unknown" "choose bridge, ptp or macvlan, or give the whole configuration in cni.conflist.raw") }}
{{- end }}
{{- if not .versions }}
{{ include "croft.fault" (list "cni.conflist.versions" .versions "names no version" "write [\"1.0.0\"] or [\"1.0.0\", \"1.1.0\"]") }}
{{- end }}
{{- range .versions }}
{{- if not (has . (list "0.4.0" "1.0.0" "1.1.0")) }}
{{ include "croft.fault" (list "cni.conflist.versions" . "is unknown" "choose among 0.4.0, 1.0.0 and 1.1.0") }}
{{- end }}
{{- end }}
{{- if .raw }}
{{- $read := fromJson .raw }}
{{- if $read.Error }}
{{ include "croft.fault" (list "cni.conflist.raw" (trunc 60 .raw) "is no JSON" $read.Error) }}
{{- else }}
{{- if not (regexMatch "^[A-Za-z0-9][A-Za-z0-9_.-]*$" ($read.name | default "" | toString)) }}
{{ include "croft.fault" (list "cni.conflist.raw" (trunc 60 .raw) "has no \"name\" that is one of a network" "add it, as \"name\": \"pods\"") }}
{{- end }}
{{- range $i, $plugin := $read.plugins }}
{{- if not $plugin.type }}
{{ include "croft.fault" (list "cni.conflist.raw" (trunc 60 $.Values.cni.conflist.raw) (printf "has no \"type\" in plugins[%d]" $i) "name the plugin there") }}
{{- end }}
{{- end }}
{{- $ours := 0 }}
{{- range $read.plugins }}{{ if eq (dig "ipam" "type" "" .) "croft" }}{{ $ours = add 1 $ours }}{{ end }}{{ end }}
{{- if not $ours }}
{{ include "croft.fault" (list "cni.conflist.raw" (trunc 60 .raw) "has no plugin with \"ipam\": {\"type\": \"croft\"}" "add it to the main plugin of plugins") }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "croft.faults.store" -}}
{{- $s := .Values.store }}
{{- if not (has $s.type (list "embedded" "etcd" "bundled")) }}
{{ include "croft.fault" (list "store.type" $s.type "is unknown" "choose embedded (one node), etcd (yours) or bundled (for trying out)") }}
{{- end }}
{{- if not (regexMatch "^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$" $s.cluster) }}
{{ include "croft.fault" (list "store.cluster" $s.cluster "is no name of a cluster" "write 1 to 63 lower case letters, digits, '-' and '.', with a letter or digit at both ends") }}
{{- else if eq $s.cluster "local" }}
{{ include "croft.fault" (list "store.cluster" $s.cluster "is the name of embedded stores" "choose another") }}
{{- end }}
{{- if eq $s.type "etcd" }}
{{- if not $s.endpoints }}
{{ include "croft.fault" (list "store.endpoints" $s.endpoints "names no etcd" "write [https://10.0.0.1:2379], or choose store.type bundled to try it out") }}
{{- end }}
{{- if gt (len $s.endpoints) 16 }}
{{ include "croft.fault" (list "store.endpoints" (len $s.endpoints) "are more than 16" "name some members of the one etcd") }}
{{- end }}
{{- range $s.endpoints }}
{{- if not (regexMatch "^https?://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+\\]):[0-9]{1,5}$" .) }}
{{ include "croft.fault" (list "store.endpoints" . "is no endpoint" "write http or https, an address and a port, as https://10.0.0.1:2379") }}
{{- else if regexMatch "\\.svc(\\.[A-Za-z0-9.-]+)?:[0-9]+$" . }}
{{ include "croft.fault" (list "store.endpoints" . "is a name of the cluster's own DNS, whose pods need addresses first" "write addresses of nodes, or of an etcd outside") }}
{{- end }}
{{- end }}
{{- $schemes := list }}
{{- range $s.endpoints }}{{ $schemes = append $schemes (first (splitList ":" .)) }}{{ end }}
{{- if gt (len (uniq $schemes)) 1 }}
{{ include "croft.fault" (list "store.endpoints" (join "," $s.endpoints) "mixes http and https" "use one of them for all") }}
{{- end }}
{{- if and $s.tls.secretName (has "http" $schemes) }}
{{ include "croft.fault" (list "store.tls.secretName" $s.tls.secretName "is for https, and store.endpoints has http" "write https there, or leave the secret out") }}
{{- end }}
{{- else }}
{{- if $s.endpoints }}
{{ include "croft.fault" (list "store.endpoints" (join "," $s.endpoints) (printf "are of no use with store.type %s" $s.type) "set store.type=etcd, or leave them out") }}
{{- end }}
{{- range $field, $name := dict "store.tls.secretName" $s.tls.secretName "store.auth.secretName" $s.auth.secretName "store.auth.rootSecretName" $s.auth.rootSecretName }}
{{- if $name }}
{{ include "croft.fault" (list $field $name (printf "is of no use with store.type %s" $s.type) "set store.type=etcd, or leave it out") }}
{{- end }}
{{- end }}
{{- end }}
{{- if and $s.tls.clientCertificate (not $s.tls.secretName) }}
{{ include "croft.fault" (list "store.tls.clientCertificate" true "has no secret" "set store.tls.secretName to one with tls.crt and tls.key") }}
{{- end }}
{{- if and $s.auth.rootSecretName (not $s.auth.secretName) }}
{{ include "croft.fault" (list "store.auth.rootSecretName" $s.auth.rootSecretName "is for making the agents' user, and store.auth.secretName names none" "set store.auth.secretName to a secret with username and password") }}
{{- end }}
{{- if and (ne $s.type "embedded") $s.embedded.node }}
{{ include "croft.fault" (list "store.embedded.node" $s.embedded.node (printf "is of no use with store.type %s" $s.type) "set store.type=embedded, or leave it out") }}
{{- end }}
{{- $b := .Values.etcd.bundled }}
{{- if eq $s.type "bundled" }}
{{- if not (has (int $b.members) (list 1 3)) }}
{{ include "croft.fault" (list "etcd.bundled.members" $b.members "is neither 1 nor 3" "choose one of them; more than this chart's is an etcd of your own, store.type etcd") }}
{{- else if ne (len $b.nodes) (int $b.members) }}
{{ include "croft.fault" (list "etcd.bundled.nodes" (len $b.nodes) (printf "are not the %d of etcd.bundled.members" (int $b.members)) "name as many: [{name: node-1, address: 10.0.0.1}]") }}
{{- end }}
{{- $names := list }}{{ $addresses := list }}
{{- range $b.nodes }}
{{- $names = append $names .name }}{{ $addresses = append $addresses .address }}
{{- if not (include "croft.addressBits" .address) }}
{{ include "croft.fault" (list "etcd.bundled.nodes" .address "is no address" (printf "write the address of node %s, as kubectl get node -o wide shows it" .name)) }}
{{- end }}
{{- end }}
{{- if ne (len (uniq $names)) (len $names) }}
{{ include "croft.fault" (list "etcd.bundled.nodes" (join "," $names) "name a node twice" "put each member on a node of its own") }}
{{- end }}
{{- if ne (len (uniq $addresses)) (len $addresses) }}
{{ include "croft.fault" (list "etcd.bundled.nodes" (join "," $addresses) "have an address twice" "write each node's own") }}
{{- end }}
{{- if eq (int $b.clientPort) (int $b.peerPort) }}
{{ include "croft.fault" (list "etcd.bundled.peerPort" $b.peerPort "is etcd.bundled.clientPort, too" "choose two ports") }}
{{- end }}
{{- else if $b.nodes }}
{{ include "croft.fault" (list "etcd.bundled.nodes" (len $b.nodes) (printf "are of no use with store.type %s" $s.type) "set store.type=bundled, or leave them out") }}
{{- end }}
{{- end }}

{{- define "croft.faults.pools" -}}
{{- $pools := .Values.pools }}
{{- $defaults := 0 }}
{{- $ranges := list }}
{{- $names := list }}
{{- range $i, $p := $pools }}
{{- $field := printf "pools[%d]" $i }}
{{- if not (regexMatch "^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$" $p.name) }}
{{ include "croft.fault" (list (printf "%s.name" $field) $p.name "is no name of a pool" "write 1 to 63 lower case letters, digits, '-' and '.', with a letter or digit at both ends") }}
{{- end }}
{{- if has $p.name $names }}
{{ include "croft.fault" (list (printf "%s.name" $field) $p.name "is there twice" "give each pool a name of its own") }}
{{- end }}
{{- $names = append $names $p.name }}
{{- if $p.default }}{{ $defaults = add 1 $defaults }}
{{- if $p.namespaces }}
{{ include "croft.fault" (list (printf "%s.default" $field) true (printf "pool %q is kept for namespaces" $p.name) "leave out default or namespaces") }}
{{- end }}
{{- end }}
{{- if and $p.mode (not (has $p.mode (list "gateway" "routed" "l2"))) }}
{{ include "croft.fault" (list (printf "%s.mode" $field) $p.mode "is unknown" "choose gateway, routed or l2") }}
{{- end }}
{{- $bits := include "croft.rangeBits" $p.cidr }}
{{- if not $bits }}
{{ include "croft.fault" (list (printf "%s.cidr" $field) $p.cidr "is no range, or has bits behind its prefix" "write the first address and the length, as 10.200.0.0/16 or fd00:200::/64") }}
{{- else }}
{{- $ranges = append $ranges (dict "field" (printf "%s.cidr" $field) "cidr" $p.cidr "bits" $bits "what" (printf "pool %q %s" $p.name $p.cidr)) }}
{{- $v4 := hasPrefix "4" $bits }}
{{- with $p.blockPrefixLength }}
{{- $least := max (ternary 20 116 $v4) (sub (len $bits) 1) }}
{{- $most := ternary 32 128 $v4 }}
{{- if or (lt (int .) (int $least)) (gt (int .) $most) }}
{{ include "croft.fault" (list (printf "%s.blockPrefixLength" $field) . (printf "is no length of a block of %s" $p.cidr) (printf "choose %d to %d, or leave it out" (int $least) $most)) }}
{{- end }}
{{- end }}
{{- with $p.gateway }}
{{- $address := include "croft.addressBits" . }}
{{- if not (and $address (hasPrefix $bits $address)) }}
{{ include "croft.fault" (list (printf "%s.gateway" $field) . (printf "is no address of %s" $p.cidr) "write one of its addresses, or leave it out for the first") }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if and $pools (not $defaults) }}
{{ include "croft.fault" (list "pools" (join "," $names) "have no default pool, so that pods of other namespaces get no address" "set default: true on one, or pools: [] and make them with croft pool create") }}
{{- end }}
{{- $externals := list }}
{{- range $i, $e := .Values.external }}
{{- $field := printf "external[%d]" $i }}
{{- if not (regexMatch "^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$" $e.name) }}
{{ include "croft.fault" (list (printf "%s.name" $field) $e.name "is no name of a range" "write 1 to 63 lower case letters, digits, '-' and '.', with a letter or digit at both ends") }}
{{- end }}
{{- if has $e.name $externals }}
{{ include "croft.fault" (list (printf "%s.name" $field) $e.name "is there twice" "give each range a name of its own") }}
{{- end }}
{{- $externals = append $externals $e.name }}
{{- $bits := include "croft.rangeBits" $e.cidr }}
{{- if not $bits }}
{{ include "croft.fault" (list (printf "%s.cidr" $field) $e.cidr "is no range, or has bits behind its prefix" "write the first address and the length, as 10.96.0.0/12") }}
{{- else }}
{{- range $ranges }}
{{- if or (hasPrefix .bits $bits) (hasPrefix $bits .bits) }}
{{ include "croft.fault" (list .field .cidr (printf "overlaps external range %q %s" $e.name $e.cidr) "choose a range that others do not use") }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- range $i, $one := $ranges }}
{{- range $j, $other := $ranges }}
{{- if and (lt $i $j) (or (hasPrefix $one.bits $other.bits) (hasPrefix $other.bits $one.bits)) }}
{{ include "croft.fault" (list $other.field $other.cidr (printf "overlaps %s" $one.what) "choose a range that overlaps no other") }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.cni.conflist }}
{{- if and .install $pools }}
{{- range .pools }}
{{- if not (has . $names) }}
{{ include "croft.fault" (list "cni.conflist.pools" . "is no pool of pools" "add it there, or leave it out") }}
{{- end }}
{{- end }}
{{- if not .raw }}
{{- $used := .pools }}
{{- $type := .type }}
{{- if eq $type "bridge" }}
{{- $gateways := dict }}
{{- range $i, $p := $pools }}
{{- if and (or (not $used) (has $p.name $used)) (not $p.nodes) (ne (default "gateway" $p.mode) "routed") }}
{{- $family := ternary "IPv6" "IPv4" (contains ":" (toString $p.cidr)) }}
{{- with get $gateways $family }}
{{ include "croft.fault" (list (printf "pools[%d].cidr" $i) $p.cidr (printf "is a second %s range of one bridge, which has the gateway of pool %q only" $family .) "set cni.conflist.type=ptp, or keep one range a family") }}
{{- end }}
{{- $_ := set $gateways $family $p.name }}
{{- end }}
{{- end }}
{{- end }}
{{- range $i, $p := $pools }}
{{- if or (has $p.name $used) (and (not $used) $p.default) }}
{{- if and (eq (default "gateway" $p.mode) "routed") (has $type (list "bridge" "ptp" "macvlan")) }}
{{ include "croft.fault" (list (printf "pools[%d].mode" $i) $p.mode (printf "gives no prefix and no gateway, without which the plugin %s cannot work" $type) (ternary "use mode l2" "leave mode out, for gateway" (eq $type "macvlan"))) }}
{{- else if and (eq (default "gateway" $p.mode) "l2") (not $p.gateway) (has $type (list "bridge" "ptp")) }}
{{ include "croft.fault" (list (printf "pools[%d].mode" $i) $p.mode (printf "has no gateway, without which the plugin %s cannot work" $type) "set the pool's gateway, or leave mode out") }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "croft.faults.agent" -}}
{{- $a := .Values.agent }}
{{- if not (has $a.logLevel (list "debug" "info" "warn" "error")) }}
{{ include "croft.fault" (list "agent.logLevel" $a.logLevel "is unknown" "choose debug, info, warn or error") }}
{{- end }}
{{- if not (has $a.logFormat (list "text" "json")) }}
{{ include "croft.fault" (list "agent.logFormat" $a.logFormat "is unknown" "choose text or json") }}
{{- end }}
{{- $metrics := include "croft.metrics" . }}
{{- if not (has $metrics (list "loopback" "node" "off")) }}
{{ include "croft.fault" (list "agent.metrics.address" $metrics "is unknown" "choose loopback, node or off") }}
{{- end }}
{{- if and .Values.podMonitor.enabled (ne $metrics "node") }}
{{ include "croft.fault" (list "podMonitor.enabled" true (printf "cannot reach agent.metrics.address %s" $metrics) "set agent.metrics.address=node") }}
{{- end }}
{{- if and .Values.updateStrategy.surge (not $a.waitForLock) }}
{{ include "croft.fault" (list "agent.waitForLock" false "makes the second agent of a surge end at once" "set it to true, or updateStrategy.surge=false") }}
{{- end }}
{{- $at := .Values.updateStrategy.nodesAtOnce | toString }}
{{- if not (regexMatch "^([1-9][0-9]*|[1-9][0-9]?%|100%)$" $at) }}
{{ include "croft.fault" (list "updateStrategy.nodesAtOnce" $at "is no number of nodes" "write a number from 1, or a share from 1% to 100%") }}
{{- end }}
{{- if and $a.hardwareId (ne .Values.store.type "embedded") (not (contains "$(NODE_NAME)" $a.hardwareId)) }}
{{ include "croft.fault" (list "agent.hardwareId" $a.hardwareId "would be the same for all nodes, each of which must have its own" "write $(NODE_NAME) in it, or leave it out") }}
{{- end }}
{{- end }}

{{/* What the agents that are in the cluster already do not bear. Without a cluster, as with helm template, nothing. */}}
{{- define "croft.faults.cluster" -}}
{{- $mine := include "croft.storeIdentity" . }}
{{- $own := include "croft.agents" . | fromJson }}
{{- $was := dig "metadata" "annotations" "croft.io/store" "" $own }}
{{- if and $was (ne $was $mine) }}
{{ include "croft.fault" (list "store" $mine (printf "is not what the agents that run have, %q, and they refuse another" $was) "keep store.type, store.cluster and store.embedded.node; docs/install.md says how a node's state moves to another store") }}
{{- else if not $own }}
{{- range (lookup "apps/v1" "DaemonSet" "" "").items }}
{{- $other := dig "annotations" "croft.io/store" "" .metadata }}
{{- $apart := or (include "croft.apart" (list $.Values.nodeSelector (dig "spec" "template" "spec" "nodeSelector" dict .))) (and (hasPrefix "node " $other) (hasPrefix "node " $mine) (ne $other $mine)) }}
{{- if and $other (not $apart) }}
{{ include "croft.fault" (list "nodeSelector" $.Values.nodeSelector (printf "chooses nodes that release %q of namespace %q may choose, and two agents cannot share a node" .metadata.name .metadata.namespace) "upgrade or uninstall that one, or give both releases a label of nodes with different values") }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Whether no node can have the labels of both: "true", or nothing. */}}
{{- define "croft.apart" -}}
{{- $other := last . }}
{{- range $label, $value := first . }}
{{- if and (hasKey $other $label) (ne $value (get $other $label)) }}true{{ break }}{{ end }}
{{- end }}
{{- end }}
