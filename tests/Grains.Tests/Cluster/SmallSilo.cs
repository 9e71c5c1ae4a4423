using Orleans.Configuration;

namespace Prism.Tests.Cluster;

/// <summary>A silo for a few grains. As Orleans makes them, each takes 19 MB for its knowledge of where a million grains are.</summary>
internal static class SmallSilo
{
    public static ISiloBuilder UseSmallDirectoryCache(this ISiloBuilder silo) => silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = 1_000);
}
