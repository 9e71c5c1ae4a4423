using Microsoft.Extensions.Logging.Abstractions;
using Prism.Pipeline.Attempts;
using Prism.Pipeline.Caching;

namespace Prism.Tests.Cache;

/// <summary>The cache as it is by default: off. Then it needs nothing, and what it is given here would throw if it did.</summary>
internal static class NoCache
{
    public static ResponseCache Before(AttemptLoop attempts) => new(
        null!, null!, null!, null!, attempts, null!, new(1 << 20), null!, TimeProvider.System, NullLogger<ResponseCache>.Instance);
}
