# Builds the program and puts it, alone, into a small image.
#   docker build -t isegoria .
#   docker run -p 8080:8080 -p 7882:7882/udp -p 7881:7881 -v isegoria:/data -e ISEGORIA_URL=https://assemblee.exemple.org isegoria
FROM node:22-trixie-slim AS browser
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY web web
COPY internal internal
RUN npm run --silent build

FROM golang:1.26-trixie AS program
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=browser /src/internal/platform/assets/dist internal/platform/assets/dist
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /isegoria ./cmd/isegoria && mkdir -m 0700 /empty

FROM scratch
COPY --from=program /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=program /isegoria /isegoria
COPY --from=program --chown=65532:65532 /empty /data
USER 65532:65532
ENV ISEGORIA_DATA=/data ISEGORIA_LISTEN=0.0.0.0:8080
VOLUME /data
EXPOSE 8080 7882/udp 7881
ENTRYPOINT ["/isegoria"]
CMD ["serve"]
