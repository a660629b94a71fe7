# A stand-in for rust:1.95-bookworm, of this machine's toolchain and certificates: see README.md.
FROM docker.io/library/debian:bookworm-slim
# hadolint ignore=DL3008
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends ca-certificates gcc libc6-dev make perl \
    && rm -rf /var/lib/apt/lists/*
# The two contexts beside this folder.
# hadolint global ignore=DL3022
COPY --from=certificates ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=toolchain bin/cargo bin/rustc /usr/local/bin/
COPY --from=toolchain lib /usr/local/lib
ENV CARGO_HOME=/usr/local/cargo
