# Builds and runs Merit:
#   docker build -t merit .
#   docker run -p 8080:8080 -v merit-data:/data merit
# The rules are the defaults; mount others and name them with -e MERIT_RULES=/rules.

FROM rust:1.94-bookworm AS build
WORKDIR /merit
COPY . .
RUN cargo build --release --locked

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin merit \
    && install -d -o merit -g merit -m 0700 /data
COPY --from=build /merit/target/release/merit /usr/local/bin/merit
COPY --from=build /merit/scoring-config /usr/share/merit/scoring-config
ENV MERIT_DATABASE_URL=/data/merit.db \
    MERIT_RULES=/usr/share/merit/scoring-config \
    MERIT_SPOOL=/data/spool \
    MERIT_LISTEN=0.0.0.0:8080 \
    MERIT_LOG_FORMAT=json
USER merit
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Whether the process lives; an orchestrator that can tell the two apart asks /health/ready before it sends requests.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8080/health/live"]
ENTRYPOINT ["merit"]
CMD ["serve"]
