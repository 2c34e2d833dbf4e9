# An image with `monet serve`: the Debian package, built from this checkout, on Debian's own libraries.
#   docker build -t monet .
#   docker run -p 8080:8080 -v "$PWD/model:/srv/monet/model:ro" -v monet:/var/lib/monet monet \
#     --artifact /srv/monet/model --keys /srv/monet/keys
# The artifact is mounted and may be read-only; events and items lie in the volume, or in PostgreSQL (--store). Whoever
# reaches the port needs a key: give --keys FILE, or --open behind something that asks for one.
FROM debian:12-slim AS build
COPY . /src
RUN cd /src && scripts/package && cp build/package/monet_*.deb /monet.deb

FROM debian:12-slim
COPY --from=build /monet.deb /tmp/
RUN apt-get update && apt-get install -y --no-install-recommends /tmp/monet.deb && \
    rm -rf /var/lib/apt/lists/* /tmp/monet.deb && \
    useradd --system --home-dir /var/lib/monet --create-home monet
USER monet
VOLUME /var/lib/monet
EXPOSE 8080
# SIGTERM is answered in order; the health check asks what a balancer would.
HEALTHCHECK CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["monet", "serve", "--store", "/var/lib/monet/monet.db", "--address", "0.0.0.0"]
CMD ["--help"]
