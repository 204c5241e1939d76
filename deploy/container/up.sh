#!/usr/bin/env bash
# Brings the example of compose.yaml up with made-up secrets, as far as it goes without accounts:
# the database and the page, until both are healthy, and down again.
set -euo pipefail
cd "$(dirname "$0")/../.."
test ! -e secrets || { echo "there are secrets already: this is for a fresh copy" >&2; exit 2; }
# Seen from inside, a bind mount keeps its owner: whoever miradot runs as must read it.
mkdir --mode=0700 secrets
trap 'docker compose down --volumes > /dev/null 2>&1 || true; rm -rf secrets' EXIT
made() { python3 -c 'import secrets; print(secrets.token_hex(32))'; }
password=$(made)
echo "$password" > secrets/database_password
echo "postgresql://miradot:$password@database/miradot" > secrets/database_url
made > secrets/mirakl_key
made > secrets/dotdigital_password
made > secrets/tombstone_key
echo "ops:view:$(made)" > secrets/web_tokens
chmod 0444 secrets/*
docker compose config --quiet
docker compose up --no-build --detach --wait --wait-timeout 180 database serve
docker compose ps
docker compose stop serve
test "$(docker inspect --format '{{.State.ExitCode}}' "$(docker compose ps --all --quiet serve)")" -eq 0
echo "the example comes up and goes down"
