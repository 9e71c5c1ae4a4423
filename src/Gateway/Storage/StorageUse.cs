using Microsoft.AspNetCore.Builder;

namespace Prism.Gateway.Storage;

/// <summary>What an endpoint needs of the storage. One that does not say needs nothing.</summary>
internal enum StorageUse
{
    /// <summary>It cannot answer without reading.</summary>
    Reads,

    /// <summary>It cannot answer without writing.</summary>
    Writes,
}

/// <summary>Declares what an endpoint needs of the storage.</summary>
internal static class StorageUseExtensions
{
    public static TBuilder ThatReads<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.With(StorageUse.Reads);

    public static TBuilder ThatWrites<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.With(StorageUse.Writes);

    private static TBuilder With<TBuilder>(this TBuilder endpoint, StorageUse use)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(new StorageUseRule(use)));
        return endpoint;
    }
}

/// <summary>What an endpoint has declared.</summary>
internal sealed record StorageUseRule(StorageUse Use);
