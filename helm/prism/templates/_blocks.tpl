{{/* The first 32 bits of an address as a number. */}}
{{- define "prism.first32" -}}
{{- if contains ":" . }}
{{- $parts := splitList ":" (splitList "::" . | first) }}
{{- $high := first $parts | default "0" }}
{{- $low := "0" }}
{{- if gt (len $parts) 1 }}{{ $low = index $parts 1 }}{{ end }}
{{- add (mul (int64 (printf "0x%s" $high)) 65536) (int64 (printf "0x%s" ($low | default "0"))) }}
{{- else }}
{{- $sum := 0 }}
{{- range splitList "." . }}{{ $sum = add (mul $sum 256) (atoi .) }}{{ end }}
{{- $sum }}
{{- end }}
{{- end }}

{{/*
Of the blocks where clouds hand out credentials, those that a block (cidr) reaches and its exceptions (except) leave open, separated by spaces.
*/}}
{{- define "prism.metadataBlocks" -}}
{{- $cidr := .cidr | lower }}
{{- $except := .except }}
{{- $length := splitList "/" $cidr | last | atoi }}
{{- $mapped := regexFind "^::ffff:[0-9.]+/" $cidr | trimPrefix "::ffff:" | trimSuffix "/" }}
{{- $address := splitList "/" $cidr | first }}
{{- if contains "." $mapped }}
{{- $address = $mapped }}
{{- $length = max 0 (sub $length 96) }}
{{- else if regexMatch "^::ffff:a9fe:" $cidr }}
{{- $address = "169.254.0.0" }}
{{- $length = 16 }}
{{- end }}
{{- $first := include "prism.first32" $address | int64 }}
{{- range $block := tuple "169.254.0.0/16" "fe80::/10" "fd00:ec2::/32" }}
{{- if eq (contains ":" $block) (contains ":" $address) }}
{{- $own := splitList "/" $block | last | atoi }}
{{- $shared := min $length $own }}
{{- $unit := 1 }}
{{- range until (int (sub 32 $shared)) }}{{ $unit = mul $unit 2 }}{{ end }}
{{- $other := include "prism.first32" (splitList "/" $block | first) | int64 }}
{{- if and (eq (div $first $unit) (div $other $unit)) (or (ge $length $own) (not (has $block $except))) }}{{ printf "%s " $block }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
