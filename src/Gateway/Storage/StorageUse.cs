using Microsoft.AspNetCore.Builder;

namespace Prism.Gateway.Storage;

/// <summary>An endpoint's use of the storage. An endpoint that declares none does not need it.</summary>
internal enum StorageUse
{
    /// <summary>It has to read.</summary>
    Reads,

    /// <summary>It has to write.</summary>
    Writes,
}

/// <summary>Declares an endpoint's use of the storage.</summary>
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

/// <summary>The rule of an endpoint.</summary>
internal sealed record StorageUseRule(StorageUse Use);
