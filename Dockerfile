# The web app, then a static binary, then nothing else.
FROM node:22-bookworm-slim AS ui
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=ui /src/frontend/dist ./frontend/dist
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /postroom . \
 && mkdir -p /data /keys && chown 65532:65532 /data /keys && chmod 700 /keys

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /postroom /postroom
COPY --from=build --chown=65532:65532 /data /data
COPY --from=build --chown=65532:65532 /keys /keys
ENV POSTROOM_LISTEN=0.0.0.0:8080 POSTROOM_DATA=/data POSTROOM_KEYS_FILE=/keys/keyring.json POSTROOM_LOG_FORMAT=json
VOLUME ["/data", "/keys"]
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/postroom", "health"]
ENTRYPOINT ["/postroom"]
CMD ["serve"]
