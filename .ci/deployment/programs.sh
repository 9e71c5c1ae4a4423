# Finds the programs that .ci/check-deployment needs, and says which they are. Sourced.

tools=$(realpath -m "${PRISM_TOOLS:-../shared/tools}")
export HELM ENGINE COMPOSE KUBE_VALIDATE IMAGE=prism-llm:latest

uses() { echo "::: using $*"; }

has() { command -v "$1" >/dev/null; }

# Debian packages, where this user may install them. One apt-get at a time.
install() {
  local missing=()
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" -eq 0 ] && has apt-get || return 1
  flock "$WORK/apt.lock" sh -c '
    [ -e "$0/apt.updated" ] || apt-get update -qq && touch "$0/apt.updated"
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >"$0/apt.log" 2>&1 || { tail -5 "$0/apt.log"; false; }
  ' "$WORK" "${missing[@]}"
}

find_node() {
  has node && has npm || return 1
  npm ci --prefix .ci/deployment --no-audit --no-fund --silent || return 1
  export NODE_PATH=$PWD/.ci/deployment/node_modules
  uses "node $(node --version)"
}

find_helm() {
  if has helm; then
    HELM=helm
    uses "$(helm version --short)"
  else
    [ -d "$tools/helmrender" ] || return 1
    cp -r "$tools/helmrender" "$WORK/helmrender" && chmod -R u+w "$WORK/helmrender" || return 1
    mapfile -t packages < <(sed -n '/^PKGS=(/,/)/p' "$WORK/helmrender/build.sh" | tr -d '()' | sed 's/PKGS=//' | tr -s ' ' '\n' | sed '/^$/d')
    install "${packages[@]}" && "$WORK/helmrender/build.sh" || return 1
    HELM=$WORK/helmrender/helmrender
    uses "helmrender for helm"
  fi
  "$HELM" lint helm/prism --strict
}

find_kube_validator() {
  if [ -f "$tools/kube/openapi.tgz" ]; then
    mkdir -p "$WORK/kube" && tar xzf "$tools/kube/openapi.tgz" -C "$WORK/kube" || return 1
    local folder
    folder=$(dirname "$(find "$WORK/kube" -name '*.json' -print -quit)")
    KUBE_VALIDATE="node $tools/kube/validate-openapi.cjs $folder"
    KUBE_VALIDATE+=" --allow monitoring.coreos.com/v1/ServiceMonitor,monitoring.coreos.com/v1/PrometheusRule,gateway.networking.k8s.io/v1/HTTPRoute"
    uses "the OpenAPI of Kubernetes"
  elif has kubeconform; then
    KUBE_VALIDATE="kubeconform -strict -kubernetes-version 1.34.0 -skip ServiceMonitor,PrometheusRule,HTTPRoute"
    uses kubeconform
  else
    return 1
  fi
}

find_promtool() {
  has promtool || install prometheus || return 1
  uses "$(promtool --version 2>&1 | head -1)"
}

# A client without an engine is none.
has_docker() { has docker && docker info >/dev/null 2>&1; }

begin_images() {
  wants image || wants metrics || wants compose || return 0
  # Of a form that no release has, so that the image is seen to be given it.
  export IMAGE_VERSION
  IMAGE_VERSION=$(dotnet msbuild src/Silo/Silo.csproj -nologo -t:GetAssemblyVersion -getProperty:Version || echo 0.0.0)-check
  if has_docker; then
    ENGINE=docker
    docker build --build-arg "VERSION=$IMAGE_VERSION" -t "$IMAGE" . >"$WORK/build.log" 2>&1 &
  else
    ENGINE=podman
    export CONTAINERS_CONF=${CONTAINERS_CONF:-$tools/containers/containers.conf}
    build_on_standins >"$WORK/build.log" 2>&1 &
  fi
  images=$!
}

await_images() {
  if ! wait "$images"; then
    tail -40 "$WORK/build.log"
    return 1
  fi
  uses "$("$ENGINE" --version) for containers"
}

build_on_standins() {
  [ -d "$tools/containers" ] || return 1
  install podman buildah runc debootstrap iptables containernetworking-plugins golang-github-containernetworking-plugin-dnsname \
    docker-compose prometheus || return 1
  local base=mcr.microsoft.com/dotnet
  if ! buildah inspect $base/sdk:10.0 >/dev/null 2>&1; then
    "$tools/containers/standin-images.sh" || return 1
  fi
  buildah tag $base/aspnet:10.0 $base/aspnet:10.0-noble-chiseled || return 1
  ! wants compose || make_services &
  local services=$!
  buildah bud --isolation chroot --network host --pull-never --format docker --layers --build-arg "VERSION=$IMAGE_VERSION" -t "localhost/$IMAGE" . || return 1
  wait "$services"
}

# The other services of the compose file, of Debian's packages, under the names that the file has. Grafana is not among those.
make_services() {
  local name from
  name() { sed -nE "s|^ +image: (($1)[:/].*)$|\1|p" docker-compose.yml; }
  from=$(buildah from --pull-never mcr.microsoft.com/dotnet/runtime-deps:10.0) || return 1
  buildah run --isolation chroot --network host "$from" -- sh -c '
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends redis-server redis-tools haproxy prometheus >/dev/null
    install -d -m 777 /data /prometheus' || return 1
  buildah config --workingdir /data "$from"
  buildah commit -q "$from" "docker.io/library/$(name redis)" || return 1
  buildah config --cmd '["haproxy","-W","-db","-f","/usr/local/etc/haproxy/haproxy.cfg"]' "$from"
  buildah commit -q "$from" "docker.io/library/$(name haproxy)" || return 1
  buildah config --cmd '["prometheus","--config.file=/etc/prometheus/prometheus.yml","--storage.tsdb.path=/prometheus"]' "$from"
  buildah commit -q --rm "$from" "docker.io/$(name prom/prometheus)"
}

find_compose() {
  if [ "$ENGINE" = docker ]; then
    COMPOSE="docker compose"
    docker compose version || return 1
  else
    COMPOSE=docker-compose
    has docker-compose || return 1
    export DOCKER_HOST=unix://$WORK/engine.sock COMPOSE_SERVICES="redis silo proxy prometheus"
    podman system service -t 0 "$DOCKER_HOST" >"$WORK/engine.log" 2>&1 &
    background+=($!)
    # podman leaves its health checks to systemd, which is not here.
    (while sleep 1; do podman ps --quiet --filter name=prism-check | xargs -r -n 1 timeout 5 podman healthcheck run; done) >/dev/null 2>&1 &
    background+=($!)
    for _ in $(seq 100); do [ -S "$WORK/engine.sock" ] && break; sleep 0.1; done
    uses "docker-compose on podman; Redis, HAProxy and Prometheus are Debian's, and Grafana is left out"
  fi
}

background=()
end_programs() { [ ${#background[@]} -eq 0 ] || kill "${background[@]}" 2>/dev/null; }
