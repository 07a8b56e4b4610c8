#!/bin/sh
# Stands in for docker, which this machine cannot run: it knows `ps`, `container inspect NAME` and `restart NAME` as docker documents them, one
# container, and runs its process in a scope named like docker's. Where dockerd.pl runs, what the process writes goes to the journal by it.
set -eu
state=/dev/shm/docker-stand-in
id=$(printf %s "n8n" | sha256sum | cut -c1-64)
name=${2:-}
[ "$1" = ps ] && name=n8n
[ "$1" = container ] && [ "$2" = inspect ] && name=${3:-}
if [ "$name" != n8n ]; then
  echo "Error response from daemon: No such container: $name" >&2
  exit 1
fi
mkdir -p $state
log=$state/log
[ -p $log ] || log=/dev/null
case "$1" in
ps)
  [ -s $state/pid ] && printf '%s\tn8n\tn8nio/n8n:stable\t0.0.0.0:18790->18790/tcp\n' "$id"
  ;;
restart)
  [ -e $state/pid ] && kill "$(cat $state/pid)" 2>/dev/null || true
  while [ -e $state/pid ] && kill -0 "$(cat $state/pid)" 2>/dev/null; do sleep 0.1; done
  rm -f $state/pid
  date -u +%Y-%m-%dT%H:%M:%S.%NZ > $state/started
  # As docker's daemon does it, not in the namespaces of who asks. systemd halves each dollar sign.
  systemd-run --quiet --collect -- systemd-run --quiet --collect --scope --slice=system.slice --unit="docker-$id" \
    sh -c "echo \$\$\$\$ > $state/pid; exec /opt/countersign/node /opt/acts/gateway.mjs 18790 n8n >>$log 2>&1"
  while [ ! -s $state/pid ]; do sleep 0.05; done
  echo "$name"
  ;;
container)
  status=exited running=false pid=0 code=137 started=0001-01-01T00:00:00Z
  [ -e $state/started ] && started=$(cat $state/started)
  if [ -s $state/pid ] && kill -0 "$(cat $state/pid)" 2> /dev/null; then
    status=running running=true pid=$(cat $state/pid) code=0
  fi
  cat << JSON
[{"Id":"$id","Created":"2026-11-30T09:00:00.000000000Z","Path":"node","Args":["gateway.mjs"],
"State":{"Status":"$status","Running":$running,"Paused":false,"Restarting":false,"OOMKilled":false,"Dead":false,"Pid":$pid,"ExitCode":$code,"Error":"","StartedAt":"$started","FinishedAt":"0001-01-01T00:00:00Z"},
"Name":"/n8n","RestartCount":0,"Config":{"Env":["ANTHROPIC_API_KEY=sk-ant-not-a-real-key"],"Labels":{}}}]
JSON
  ;;
*)
  echo "docker: '$1' is not known here" >&2
  exit 125
  ;;
esac
