using Microsoft.AspNetCore.Builder;

namespace Prism.Gateway.Health;

/// <summary>Declares how an endpoint behaves towards probes and while the silo starts.</summary>
public static class HealthExtensions
{
    /// <summary>Serves it while the silo starts: it needs no cluster. All other endpoints answer 503 until the silo is up.</summary>
    public static TBuilder WhileStarting<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new WhileStartingRule());

    /// <summary>Marks what probes and scrapers request every few seconds: successes are logged as Debug and not traced.</summary>
    public static TBuilder ForProbes<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new ProbeRule());
}

/// <summary>The endpoint needs no cluster.</summary>
internal sealed record WhileStartingRule;

/// <summary>The endpoint is for probes.</summary>
public sealed record ProbeRule;
