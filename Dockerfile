# One image for every process of casedrift: which one it is, the command says. Everything in it is of a pinned version,
# packages by their hashes; it runs as nobody in particular and writes nowhere but to /tmp and to what is mounted.

FROM python:3.13.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /build
RUN python -m venv /opt/casedrift
# First what seldom changes, so that a change of the program alone is built in seconds.
COPY requirements/streaming.txt requirements/
RUN /opt/casedrift/bin/pip install --require-hashes --only-binary :all: -r requirements/streaming.txt
COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY projections projections
COPY streams streams
COPY casedrift casedrift
# The tools that build it are locked with the rest; nothing more is fetched.
RUN /opt/casedrift/bin/pip install --no-deps --no-build-isolation . && \
    /opt/casedrift/bin/pip uninstall --yes setuptools pip

FROM python:3.13.12-slim-bookworm
LABEL org.opencontainers.image.title="casedrift" org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 10001 casedrift && \
    useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin casedrift && \
    install --directory --owner 10001 --group 10001 /data
COPY --from=build /opt/casedrift /opt/casedrift
COPY --chmod=0755 deploy/entrypoint.sh /usr/local/bin/with-password
ENV PATH=/opt/casedrift/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["with-password"]
CMD ["casedrift", "--help"]
