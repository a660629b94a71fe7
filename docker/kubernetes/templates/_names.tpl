{{/* The labels that select the pods of this release. */}}
{{- define "rollcall.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* What every manifest has: the name of the release, and labels. */}}
{{- define "rollcall.metadata" -}}
name: {{ .Release.Name | quote }}
namespace: {{ .Release.Namespace | quote }}
labels:
  {{- include "rollcall.selector" . | nindent 2 }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .Release.Service }}
  helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* The image, by its digest if that is given. */}}
{{- define "rollcall.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* The settings of the manifests, in the list "from", and the chosen ones, which replace them. */}}
{{- define "rollcall.environment" -}}
{{- $chosen := .Values.environment }}
{{- range .from }}
{{- if not (hasKey $chosen .name) }}
- {{ toYaml . | nindent 2 | trim }}
{{- end }}
{{- end }}
{{- range $name, $value := $chosen }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* Refuses values that would undo what the manifests promise. */}}
{{- define "rollcall.refuse" -}}
{{- range list "ROLLCALL_ADMIN_PASSWORD" "ROLLCALL_DATABASE_URL" "ROLLCALL_SESSION_SECRET" "PGPASSWORD" }}
{{- if hasKey $.Values.environment . }}
{{- fail (printf "environment.%s: all who may read pods would see it; it belongs into the Secret" .) }}
{{- end }}
{{- end }}
{{- range list "ROLLCALL_LISTEN" "ROLLCALL_METRICS_LISTEN" }}
{{- if hasKey $.Values.environment . }}
{{- fail (printf "environment.%s: the ports of the Service, of the probes and of the policy would not lead there" .) }}
{{- end }}
{{- end }}
{{- range $part, $lists := dict "pod" (list "containers" "hostIPC" "hostNetwork" "hostPID" "volumes") "container" (list "args" "command" "env" "image" "name" "ports" "volumeMounts") }}
{{- range $lists }}
{{- if hasKey (get $.Values $part) . }}
{{- fail (printf "%s.%s: only the chart decides it; values.yaml has what can be given" $part .) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The labels of the ingress controller's pods, without those that a null removes. */}}
{{- define "rollcall.controller" -}}
{{- $labels := dict }}
{{- range $name, $value := .Values.ingressController.labels }}
{{- if kindIs "string" $value }}{{ $_ := set $labels $name $value }}{{ end }}
{{- end }}
{{- if not $labels }}
{{- fail "ingressController.labels: without a label, every pod of the namespace could make up addresses of clients" }}
{{- end }}
{{- toYaml $labels }}
{{- end }}
