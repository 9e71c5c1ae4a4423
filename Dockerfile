# The runtime image is chiselled: .NET and what it needs, without a shell or a package manager.

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source

# What restore reads and nothing else, so that these layers are built again when a dependency changes and not with every line of code.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY src/Directory.Build.props src/
COPY src/Formats/Formats.csproj src/Formats/packages.lock.json src/Formats/
COPY src/Gateway/Gateway.csproj src/Gateway/packages.lock.json src/Gateway/
COPY src/Grains/Grains.csproj src/Grains/packages.lock.json src/Grains/
COPY src/Grains.Interfaces/Grains.Interfaces.csproj src/Grains.Interfaces/packages.lock.json src/Grains.Interfaces/
COPY src/Pipeline/Pipeline.csproj src/Pipeline/packages.lock.json src/Pipeline/
COPY src/Providers/Providers.csproj src/Providers/packages.lock.json src/Providers/
COPY src/Silo/Silo.csproj src/Silo/packages.lock.json src/Silo/
RUN dotnet restore src/Silo --locked-mode
# Again for the machine that it will run on, with the compiler to its machine code: the lock files know neither, and every version stays.
RUN dotnet restore src/Silo --arch $TARGETARCH -p:PublishReadyToRun=true -p:NuGetLockFilePath=obj/native.lock.json

COPY .editorconfig BannedSymbols.txt ./
COPY src/ src/
# Without a history there is no tag to read: docker build --build-arg VERSION=1.2.3
ARG VERSION
RUN dotnet publish src/Silo --no-restore --configuration Release --arch $TARGETARCH --no-self-contained --output /app \
    -p:PublishReadyToRun=true -p:UseAppHost=false -p:PublishDocumentationFiles=false -p:NuGetLockFilePath=obj/native.lock.json \
    ${VERSION:+-p:Version=$VERSION}

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS prism

# No diagnostics socket in /tmp: nothing is written to the file system.
ENV DOTNET_EnableDiagnostics=0
WORKDIR /app
COPY --from=build /app ./

# A number, so that Kubernetes can see that it is not root. Group 0 and files that all may read let any other user run it too.
USER 1000:0
# The API, the metrics, other silos, Orleans clients.
EXPOSE 8000 9090 11111 30000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["dotnet", "Prism.Silo.dll", "--health"]
ENTRYPOINT ["dotnet", "Prism.Silo.dll"]

ARG VERSION
ARG REVISION
ARG CREATED
LABEL org.opencontainers.image.title="Prism" \
    org.opencontainers.image.description="One HTTP API in front of many LLM providers, as a cluster of Orleans virtual actors." \
    org.opencontainers.image.version=${VERSION:-0.0.0-dev} \
    org.opencontainers.image.revision=$REVISION \
    org.opencontainers.image.created=$CREATED \
    org.opencontainers.image.base.name="mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled"
