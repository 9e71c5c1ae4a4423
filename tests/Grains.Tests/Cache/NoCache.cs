using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Prism.Cache;
using Prism.Failover;

namespace Prism.Tests.Cache;

/// <summary>The cache as it is by default: off. Then it needs nothing, and what it is given here would throw if it did.</summary>
internal static class NoCache
{
    public static CachedCaller Before(FailoverCaller upstream) => new(
        new(Options.Create(new CacheOptions()), null!, null!, null!, null!, null!, TimeProvider.System, NullLogger<CacheDesk>.Instance), upstream, new(1 << 20));
}
