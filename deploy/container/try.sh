#!/usr/bin/env bash
# Runs the image as production does (nothing writable but /tmp and the database's folder, a uid that
# nobody knows, no rights) against the sandbox: one sync, the service, its end on a signal.
set -euo pipefail
cd "$(dirname "$0")/../.."
image=${1:-miradot:latest}
hard=(
  --read-only --tmpfs /tmp --volume /var/lib/miradot
  --cap-drop ALL --security-opt no-new-privileges --user 12345:0
)
trap 'docker rm --force --volumes try-sandbox try-service > /dev/null 2>&1 || true' EXIT

echo "the image as it is"
docker run --rm "${hard[@]}" --network none "$image" --version
docker run --rm "${hard[@]}" --network none --volume "$PWD/mappings:/srv/mappings:ro" \
  "$image" validate /srv/mappings

echo "a wrong call ends with 2"
code=0
docker run --rm "${hard[@]}" --network none "$image" sync || code=$?
test "$code" -eq 2

echo "a sandbox, and one sync with it"
docker run --detach --name try-sandbox "${hard[@]}" --network none \
  "$image" sandbox --speed 0 --history 1 > /dev/null
settings=(
  --env MIRADOT_MIRAKL_URL=http://127.0.0.1:8790/mirakl
  --env MIRADOT_MIRAKL_KEY=sandbox-mirakl-key
  --env MIRADOT_MIRAKL_PROFILE=rehearsal
  --env MIRADOT_DOTDIGITAL_URL=http://127.0.0.1:8790/dotdigital
  --env MIRADOT_DOTDIGITAL_USER=apiuser-sandbox@apiconnector.example.com
  --env MIRADOT_DOTDIGITAL_PASSWORD=sandbox-dotdigital-password
  --env MIRADOT_DOTDIGITAL_TIERS=low=35,medium=600,high=600,enrolment=1000
  --env MIRADOT_TOMBSTONE_KEY=a-rehearsal-needs-no-better-key-than-this
  --env MIRADOT_MAPPING=/srv/mappings/debenhams/orders.yaml
  --env MIRADOT_BRAND=/srv/mappings/debenhams/brands/example.yaml
)
with=("${hard[@]}" --network container:try-sandbox --volume "$PWD/mappings:/srv/mappings:ro")
for _ in $(seq 60); do
  docker exec try-sandbox python -c \
    'import urllib.request; urllib.request.urlopen("http://127.0.0.1:8790/sandbox/")' \
    2> /dev/null && break
  sleep 1
done
code=0
docker run --rm "${with[@]}" "${settings[@]}" "$image" sync --until-idle || code=$?
# Made-up shoppers make odd orders as well: 1 says that some are held.
test "$code" -le 1

echo "the service, and its end on a signal"
docker run --detach --name try-service --init "${with[@]}" "${settings[@]}" \
  "$image" sync > /dev/null
for _ in $(seq 120); do
  docker logs try-service 2>&1 | grep --quiet '"event":"service started"' && break
  sleep 1
done
docker logs try-service 2>&1 | grep '"event":"service started"'
docker stop --time 60 try-service > /dev/null
test "$(docker inspect --format '{{.State.ExitCode}}' try-service)" -eq 0
echo "the image does what it should"
