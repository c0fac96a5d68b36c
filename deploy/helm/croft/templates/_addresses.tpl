{{/* Ranges as texts of bits, so that two overlap where one begins with the other. */}}

{{/* The bits of an address behind its family, "4" or "6"; nothing where it is none. */}}
{{- define "croft.addressBits" -}}
{{- $octet := "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])" }}
{{- if regexMatch (printf "^%s(\\.%s){3}$" $octet $octet) . }}4
{{- range splitList "." . }}{{ printf "%08b" (atoi .) }}{{ end }}
{{- else if regexMatch "^[0-9A-Fa-f:]+$" . }}
{{- $halves := splitList "::" . }}
{{- $groups := list }}
{{- if eq (len $halves) 1 }}{{ $groups = splitList ":" . }}
{{- else if eq (len $halves) 2 }}
{{- $left := without (splitList ":" (first $halves)) "" }}
{{- $right := without (splitList ":" (last $halves)) "" }}
{{- $groups = $left }}
{{- range until (max 1 (sub 8 (len (concat $left $right))) | int) }}{{ $groups = append $groups "0" }}{{ end }}
{{- $groups = concat $groups $right }}
{{- end }}
{{- $good := eq (len $groups) 8 }}
{{- range $groups }}{{ if not (regexMatch "^[0-9A-Fa-f]{1,4}$" .) }}{{ $good = false }}{{ end }}{{ end }}
{{- if $good }}6
{{- $digits := "0123456789abcdef" }}
{{- range $groups }}
{{- range splitList "" (printf "%s%s" (repeat (int (sub 4 (len .))) "0") (lower .)) }}
{{- printf "%04b" (len (index (splitList . $digits) 0)) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The bits of a range's prefix behind its family; nothing where it is no range, or has bits behind its prefix. */}}
{{- define "croft.rangeBits" -}}
{{- $parts := splitList "/" (toString .) }}
{{- if and (eq (len $parts) 2) (regexMatch "^(0|[1-9][0-9]{0,2})$" (last $parts)) }}
{{- $bits := include "croft.addressBits" (first $parts) }}
{{- $length := add 1 (atoi (last $parts)) | int }}
{{- if and $bits (le $length (len $bits)) }}
{{- if not (contains "1" (substr $length (len $bits) $bits)) }}{{ substr 0 $length $bits }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
