# miradot as a container: the service, the page and every command.
#
#   docker build --tag miradot .
#   docker run --rm miradot --version
#
# It runs as nobody in particular (any uid of group 0), writes nothing but the folder of its
# database, and is content with a root file system that cannot be written. compose.yaml shows it
# in use, docs/deploy/README.md says the rest.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
# What only changes with a pin comes first. The tools that build the wheel stay in this stage.
COPY constraints.txt constraints-deploy.txt ./
RUN python -m venv /tools \
    && python -m venv --without-pip /opt/miradot \
    && /tools/bin/pip install --require-hashes --no-deps --only-binary :all: -r constraints.txt \
    && /tools/bin/pip --python /opt/miradot/bin/python install \
       --require-hashes --no-deps --only-binary :all: -r constraints-deploy.txt
COPY pyproject.toml README.md LICENSE cli.py ./
COPY schemas schemas
COPY mappings mappings
COPY engine engine
RUN /tools/bin/pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /wheel . \
    && /tools/bin/pip --python /opt/miradot/bin/python install \
       --no-deps --no-index /wheel/miradot-*.whl

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="miradot" \
      org.opencontainers.image.description="Keeps Mirakl orders and Dotdigital in step" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/opt/miradot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MIRADOT_LOG_FORMAT=json
COPY --from=build /opt/miradot /opt/miradot
# Where containers get a uid of their own, they get group 0 with it.
RUN install --directory --owner=10001 --group=0 --mode=0770 /var/lib/miradot
USER 10001:0
# Where no database is named, it is a file here.
WORKDIR /var/lib/miradot
# 8795 is the doorbell, 8796 the page.
EXPOSE 8795 8796
STOPSIGNAL SIGTERM
ENTRYPOINT ["miradot"]
CMD ["sync"]
